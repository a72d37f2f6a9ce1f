using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Benchmarks;

/// <summary>From the first line of a fresh process's program to its first handled event, an embedded Kafka included; each time a process of its own.</summary>
internal sealed class StartupBenchmark : IBenchmark
{
    /// <summary>The hidden name under which the child process runs one side.</summary>
    public const string Once = "startup-once";

    private const string Topic = "orders";

    public string Name => "startup";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        var ours = new List<double>();
        var raw = new List<double>();
        for (var round = 1; round <= run.Options.Rounds; round++)
        {
            ours.Add(await InChildAsync(Once, "ours", run.Stopping));
            raw.Add(await InChildAsync(Once, "raw", run.Stopping));
            run.Say($"startup: round {round} of {run.Options.Rounds}: ours {ours[^1]:F0} ms, raw {raw[^1]:F0} ms");
        }

        var ratios = ours.Zip(raw, static (o, r) => r / o).ToArray();
        yield return new Row
        {
            Name = Name,
            Unit = "ms",
            Ours = Comparison.Median(ours),
            Raw = Comparison.Median(raw),
            Ratio = Comparison.Median(ratios),
            RatioMin = ratios.Min(),
            RatioMax = ratios.Max(),
            Note = "always on an embedded Kafka, which is started too",
        };
    }

    /// <summary>What the child does: prints the milliseconds.</summary>
    public static async Task RunOnceAsync(string side)
    {
        var started = Stopwatch.GetTimestamp();
        await using var run = new BenchmarkRun(new BenchmarkOptions { Name = Once }, CancellationToken.None);
        run.CreateEmbeddedTopic(Topic);
        await (side == "ours" ? OursAsync(run) : RawAsync(run));
        Console.WriteLine(Stopwatch.GetElapsedTime(started).TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task OursAsync(BenchmarkRun run)
    {
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = run.CreateHost(services => services
            .AddEventProducer<byte[]>(Topic)
            .AddEventConsumer(Topic, "group", consumer => consumer.Handle<byte[]>((_, _) =>
            {
                handled.SetResult();
                return ValueTask.CompletedTask;
            })));
        await host.StartAsync();
        await host.Services.GetRequiredService<IEventProducer<byte[]>>().ProduceAsync([1]);
        await handled.Task;
    }

    private static async Task RawAsync(BenchmarkRun run)
    {
        var consumer = new ConsumerBuilder<byte[]?, byte[]>(run.RawConsumerSettings()).Build();
        consumer.Subscribe(Topic);
        var producer = new ProducerBuilder<byte[]?, byte[]>(new ProducerConfig { BootstrapServers = run.BootstrapServers }).Build();
        await producer.ProduceAsync(Topic, new Message<byte[]?, byte[]> { Value = [1] });
        while (consumer.Consume().IsPartitionEOF)
        {
        }
    }

    /// <summary>Runs this program again, and takes what it prints.</summary>
    internal static async Task<double> InChildAsync(string name, string side, CancellationToken stopping)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(StartupBenchmark).Assembly.Location);
        start.ArgumentList.Add(name);
        start.ArgumentList.Add(side);
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync(stopping);
        await child.WaitForExitAsync(stopping);
        return double.Parse(output, CultureInfo.InvariantCulture);
    }
}

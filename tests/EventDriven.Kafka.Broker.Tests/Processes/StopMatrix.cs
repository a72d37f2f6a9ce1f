using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Failures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>
/// Stops services while something goes on, as many at once as that allows, on one cluster of three nodes; the tests ask for what became of each. It starts with the first
/// that asks.
/// </summary>
public sealed class StopMatrix : IAsyncDisposable
{
    public static readonly TimeSpan Drain = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(6);

    /// <summary>A stop of one consumer has the time of its drain and 5 seconds to leave the group.</summary>
    public static readonly TimeSpan OfConsumer = Drain + TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private const int Partitions = 2;

    /// <summary>One event of each in each partition: as many as handlers may run.</summary>
    private static readonly string[] s_keys = ["k", "a", "b", "c", "d", "e", "f", "g"];

    /// <summary>Between two commits: none comes before the stop.</summary>
    private static readonly TimeSpan s_never = TimeSpan.FromMinutes(7);

    private readonly ProcessGuard _guard = new();
    private readonly Lazy<Task<IReadOnlyDictionary<(During During, StopBy By), StopResult>>> _results;

    public StopMatrix() => _results = new(RunAsync);

    /// <summary>What goes on when the stop comes.</summary>
    public enum During
    {
        Idle,
        Busy,
        BackOff,
        Parked,
        Rebalance,
        DeadLetterWrite,
        HandlerIgnoresCancellation,
        HandlersBlockTheirThreads,
        CoordinatorFrozenWithOffsetsStored,
        BrokersFrozen,
        BrokersFrozenWithOpenTransaction,
        BrokersGone,
    }

    /// <summary>Who stops it.</summary>
    public enum StopBy
    {
        Sigterm,
        Host,
        Consumer,
    }

    internal async Task<StopResult> ResultAsync(During during, StopBy by) => (await _results.Value)[(during, by)];

    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    private async Task<IReadOnlyDictionary<(During During, StopBy By), StopResult>> RunAsync()
    {
        await using var kafka = await KafkaCluster.StartAsync(nodes: 3);
        var results = new Dictionary<(During, StopBy), StopResult>();
        During[] healthy = [During.Idle, During.Busy, During.BackOff, During.Parked, During.Rebalance, During.DeadLetterWrite, During.HandlerIgnoresCancellation, During.HandlersBlockTheirThreads];
        var topics = await Task.WhenAll(healthy.Select(during => TopicAsync(kafka, $"stop-{during}".ToLowerInvariant())));
        foreach (var (during, stopped) in healthy.Zip(await Task.WhenAll(healthy.Zip(topics, (during, topic) => TerminateAsync(kafka, during, topic))))) results.Add((during, StopBy.Sigterm), stopped);

        await StopAllAsync(kafka, During.CoordinatorFrozenWithOffsetsStored, results, freeze: async () => [await kafka.CoordinatorOfAsync("g-frozen")], group: "g-frozen");
        await StopAllAsync(kafka, During.BrokersFrozen, results, freeze: () => Task.FromResult<int[]>([.. kafka.Nodes]), group: "g-allfrozen");
        await StopAllTransactingAsync(kafka, results);
        var gone = await StartAsync(kafka, await TopicAsync(kafka, "stop-gone"), "g-gone");
        foreach (var node in kafka.Nodes) await kafka.KillAsync(node);
        results.Add((During.BrokersGone, StopBy.Sigterm), await TerminateAsync(gone));
        return results;
    }

    private static async Task<string> TopicAsync(KafkaCluster kafka, string name)
    {
        await kafka.CreateTopicAsync(name, Partitions);
        return name;
    }

    /// <summary>A process that is told to stop while a row goes on, its brokers being well.</summary>
    private async Task<StopResult> TerminateAsync(KafkaCluster kafka, During during, string topic)
    {
        string[] options = during switch
        {
            During.Busy => ["--handle-ms", "600000"],
            During.HandlerIgnoresCancellation or During.Rebalance => ["--handle-ms", "600000", "--heed", "false"],
            During.HandlersBlockTheirThreads => ["--handle-ms", "600000", "--heed", "blocks"],
            During.BackOff => ["--fail", "k", "--policy", "in-place", "--delays", "3600000"],
            During.Parked => ["--fail", "k", "--policy", "keep-order", "--delays", "1h"],
            During.DeadLetterWrite => ["--fail", "k"],
            _ => [],
        };
        using var worker = Start(kafka, topic, $"g-{topic}", options);
        await worker.UntilAsync(static line => line == "ready", CancellationToken.None).WaitAsync(s_patience);
        if (during is During.DeadLetterWrite)
        {
            // It works until its dead-letter topic takes no record any more.
            await FailingService.ProduceAsync(kafka.BootstrapServers, new(topic, 0), "a"u8.ToArray(), "x"u8.ToArray());
            await worker.UntilAsync(static line => line.StartsWith("end a", StringComparison.Ordinal), CancellationToken.None).WaitAsync(s_patience);
            using var admin = kafka.CreateAdminClient();
            await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
            {
                [new ConfigResource { Type = ResourceType.Topic, Name = $"g-{topic}--{topic}--dlq" }] = [new ConfigEntry { Name = "max.message.bytes", Value = "10", IncrementalOperation = AlterConfigOpType.Set }],
            });
        }

        await ProduceAsync(kafka, topic);
        var last = during switch
        {
            During.Idle => "end ",
            During.BackOff or During.Parked or During.DeadLetterWrite => "fail ",
            _ => "start ",
        };
        try
        {
            // The pool gives a handler that blocks its thread another one after the other, about two a second, and the signal stands in that line too.
            for (var left = during is During.HandlersBlockTheirThreads ? s_keys.Length * Partitions : 1; left > 0; left--)
            {
                await worker.UntilAsync(line => line.StartsWith(last, StringComparison.Ordinal), CancellationToken.None).WaitAsync(s_patience);
            }
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{during}: the service did not come to what it is stopped in.");
        }

        if (during is not During.Rebalance)
        {
            return await TerminateAsync(worker);
        }

        using var other = Start(kafka, topic, $"g-{topic}", options);
        await other.UntilAsync(static line => line == "ready", CancellationToken.None).WaitAsync(s_patience);
        var both = await Task.WhenAll(TerminateAsync(worker), TerminateAsync(other));
        return both.MaxBy(static result => result.Took)!;
    }

    /// <summary>A process, a host and a consumer, all stopped while brokers are frozen; each has handled events whose offsets are stored and not committed.</summary>
    private async Task StopAllAsync(KafkaCluster kafka, During during, Dictionary<(During, StopBy), StopResult> results, Func<Task<int[]>> freeze, string group)
    {
        var name = $"stop-{during}".ToLowerInvariant();
        string[] topics = [await TopicAsync(kafka, $"{name}-1"), await TopicAsync(kafka, $"{name}-2"), await TopicAsync(kafka, $"{name}-3")];
        using var worker = await StartAsync(kafka, topics[0], group);
        await using var byHost = await ServeAsync(kafka, topics[1], group);
        await using var byConsumer = await ServeAsync(kafka, topics[2], group);

        var frozen = await freeze();
        foreach (var node in frozen) kafka.Pause(node);
        results.Add((during, StopBy.Sigterm), await TerminateAsync(worker));
        results.Add((during, StopBy.Host), await MeasureAsync(() => byHost.Host.StopAsync()));
        results.Add((during, StopBy.Consumer), await MeasureAsync(() => byConsumer.Host.Services.GetRequiredKeyedService<IEventConsumerControl>(group).StopAsync()));
        foreach (var node in frozen) kafka.Resume(node);
        await byHost.StopAsync();
        await byConsumer.StopAsync();
    }

    /// <summary>The same of consumers whose transactions are open. All nodes are frozen: for one, another would coordinate the transactions within seconds.</summary>
    private async Task StopAllTransactingAsync(KafkaCluster kafka, Dictionary<(During, StopBy), StopResult> results)
    {
        const string Group = "g-transacting";
        string[] topics = [await TopicAsync(kafka, "stop-transacting-1"), await TopicAsync(kafka, "stop-transacting-2"), await TopicAsync(kafka, "stop-transacting-3")];
        var outputs = await Task.WhenAll(topics.Select(topic => TopicAsync(kafka, $"{topic}-out")));
        using var worker = WorkerProcess.Start(_guard, kafka, "transact", [
            "--topic", topics[0], "--output", outputs[0], "--group", Group,
            "--shutdown-timeout", $"{Shutdown.TotalMilliseconds}", "--drain-timeout", $"{Drain.TotalMilliseconds}",
            "--commit-interval", $"{s_never.TotalMilliseconds}", "--transaction-timeout", $"{2 * s_never.TotalMilliseconds}",
        ]);
        await using var byHost = await Serve(1).StartAsync();
        await using var byConsumer = await Serve(2).StartAsync();
        foreach (var (topic, output) in topics.Zip(outputs))
        {
            await ProduceAsync(kafka, topic);
            await UntilWrittenAsync(kafka, output);
        }

        foreach (var node in kafka.Nodes) kafka.Pause(node);
        results.Add((During.BrokersFrozenWithOpenTransaction, StopBy.Sigterm), await TerminateAsync(worker));
        results.Add((During.BrokersFrozenWithOpenTransaction, StopBy.Host), await MeasureAsync(() => byHost.Host.StopAsync()));
        results.Add((During.BrokersFrozenWithOpenTransaction, StopBy.Consumer), await MeasureAsync(() => byConsumer.Host.Services.GetRequiredKeyedService<IEventConsumerControl>(Group).StopAsync()));
        foreach (var node in kafka.Nodes) kafka.Resume(node);
        await byHost.StopAsync();
        await byConsumer.StopAsync();

        FailingService Serve(int number) => new(
            kafka.BootstrapServers,
            topics[number],
            Group,
            static c => c.InTransactions().Configure(static options => (options.CommitInterval, options.TransactionTimeout, options.DrainTimeout) = (s_never, 2 * s_never, Drain)),
            async context => await context.Services.GetRequiredService<IEventProducer<byte[]>>().ProduceAsync("x"u8.ToArray()),
            services =>
            {
                services.AddEventProducer<byte[]>(outputs[number]);
                services.Configure<HostOptions>(static options => options.ShutdownTimeout = Shutdown);
            });
    }

    /// <summary>Waits until something is in a topic, be it committed or not.</summary>
    private static async Task UntilWrittenAsync(KafkaCluster kafka, string topic)
    {
        // Who reads what is committed is told of no end behind that.
        using var reader = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = "reader", IsolationLevel = IsolationLevel.ReadUncommitted }).Build();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var spent = Stopwatch.StartNew();
        while (!Enumerable.Range(0, Partitions).Any(partition => reader.QueryWatermarkOffsets(new TopicPartition(topic, partition), s_patience).High > 0))
        {
            if (spent.Elapsed > s_patience) throw new TimeoutException($"Nothing was written to {topic}.");
            await timer.WaitForNextTickAsync();
        }
    }

    private async Task<WorkerProcess> StartAsync(KafkaCluster kafka, string topic, string group)
    {
        var worker = Start(kafka, topic, group, "--commit-interval", "600000");
        await worker.UntilAsync(static line => line == "ready", CancellationToken.None).WaitAsync(s_patience);
        await ProduceAsync(kafka, topic);
        await worker.UntilAsync(static line => line.StartsWith("end ", StringComparison.Ordinal), CancellationToken.None).WaitAsync(s_patience);
        return worker;
    }

    private static async Task<FailingService> ServeAsync(KafkaCluster kafka, string topic, string group)
    {
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var service = await new FailingService(
            kafka.BootstrapServers,
            topic,
            group,
            static c => c.Configure(static options => (options.CommitInterval, options.DrainTimeout) = (s_never, Drain)),
            _ =>
            {
                handled.TrySetResult();
                return Task.CompletedTask;
            },
            static services => services.Configure<HostOptions>(static options => options.ShutdownTimeout = Shutdown)).StartAsync();
        await ProduceAsync(kafka, topic);
        await handled.Task.WaitAsync(s_patience);
        return service;
    }

    private WorkerProcess Start(KafkaCluster kafka, string topic, string group, params string[] options) => WorkerProcess.Start(
        _guard,
        kafka,
        "consume",
        [
            "--topic", topic, "--group", group, "--shutdown-timeout", $"{Shutdown.TotalMilliseconds}", "--drain-timeout", $"{Drain.TotalMilliseconds}",
            .. options.Contains("--policy") ? options : ["--policy", "dead-letter", .. options],
        ]);

    private static async Task ProduceAsync(KafkaCluster kafka, string topic)
    {
        foreach (var key in s_keys)
        {
            for (var partition = 0; partition < Partitions; partition++) await FailingService.ProduceAsync(kafka.BootstrapServers, new(topic, partition), Encoding.UTF8.GetBytes(key), "x"u8.ToArray());
        }
    }

    private static async Task<StopResult> TerminateAsync(WorkerProcess worker)
    {
        var exitCode = -1;
        var result = await MeasureAsync(async () =>
        {
            worker.Terminate();
            (exitCode, _) = await worker.UntilEndAsync(CancellationToken.None);
        });
        return result with { ExitCode = exitCode };
    }

    private static async Task<StopResult> MeasureAsync(Func<Task> stop)
    {
        var spent = Stopwatch.StartNew();
        await stop().WaitAsync(s_patience);
        return new StopResult(spent.Elapsed, 0);
    }
}

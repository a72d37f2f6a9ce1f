using System.Diagnostics;
using System.Globalization;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventDriven.Worker;

/// <summary><c>redrive</c>: a run that puts dead letters back, and is killed when it has come to the <c>--die-after</c>th. Prints <c>redriven N left N complete true</c> at its end.</summary>
internal static class Redriving
{
    public static async Task RunAsync(WorkerOptions options)
    {
        using var printed = new Printed(options);
        var dieAfter = int.Parse(options.Get("--die-after", "0"), CultureInfo.InvariantCulture);
        var services = new ServiceCollection();
        services.AddLogging(static logging => logging.AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning));
        services.AddEventDriven("Kafka", cluster => cluster.BootstrapServers = options.Get("--bootstrap-servers"));
        await using var provider = services.BuildServiceProvider();
        var seen = 0;
        var result = await provider.GetRequiredService<IDeadLetters>().RedriveAsync(new RedriveRequest
        {
            Topic = options.Get("--topic"),
            Name = "worker",
            Target = Enum.Parse<RedriveTarget>(options.Get("--target", nameof(RedriveTarget.OriginalTopic))),
            CommitInterval = TimeSpan.FromMilliseconds(int.Parse(options.Get("--commit-interval", "1000"), CultureInfo.InvariantCulture)),
            MaxPerSecond = double.Parse(options.Get("--max-per-second", "100000"), CultureInfo.InvariantCulture),
            Filter = new DeadLetterFilter
            {
                Where = _ =>
                {
                    if (++seen == dieAfter)
                    {
                        Process.GetCurrentProcess().Kill();
                    }

                    return true;
                },
            },
        });
        printed.WriteLine($"redriven {result.Redriven} left {result.Left} complete {result.IsComplete}");
    }
}

using System.Diagnostics;
using System.Globalization;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventDriven.Worker;

/// <summary>
/// <c>consume</c>: a consumer of texts. Prints <c>ready</c>, then <c>start KEY PARTITION OFFSET ATTEMPT</c> and <c>end …</c> or <c>fail …</c> for each attempt.
/// <c>--fail</c> names keys that fail, at their first <c>--fail-times</c> attempts (always unless given); <c>--die-at end:KEY:ATTEMPT</c> (or <c>start</c>) kills the process right
/// behind that line. <c>--heed false</c> makes a handler that does not end before its time (<c>--handle-ms</c>) whatever its token says; <c>--heed blocks</c> one that keeps its thread.
/// </summary>
internal static class Consuming
{
    public static async Task RunAsync(WorkerOptions options)
    {
        using var printed = new Printed(options);
        var failing = options.List("--fail");
        var failures = int.Parse(options.Get("--fail-times", "1000000"), CultureInfo.InvariantCulture);
        var heed = options.Get("--heed", "true");
        var builder = Host.CreateApplicationBuilder();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Milliseconds("--shutdown-timeout", "30000"));
        builder.Logging.ClearProviders().AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddEventDriven("Kafka", cluster => cluster.BootstrapServers = options.Get("--bootstrap-servers"));
        builder.Services.AddEventConsumer(options.Get("--topic"), options.Get("--group"), consumer =>
        {
            consumer.Configure(settings =>
            {
                settings.CommitInterval = options.Milliseconds("--commit-interval", "200");
                settings.DrainTimeout = options.Milliseconds("--drain-timeout", "10000");
                if (options.Get("--protocol", "Auto") == "Classic") settings.Client["session.timeout.ms"] = "6000";
                settings.GroupProtocol = Enum.Parse<ConsumerGroupProtocol>(options.Get("--protocol", "Auto"));
            });
            consumer.Handle(async (string _, EventContext context, CancellationToken cancellationToken) =>
            {
                var key = context.TryGetKey<string>(out var named) ? named : "-";
                var attempt = context.Attempt;
                var line = $"{key} {context.Partition} {context.Offset} {attempt}";
                Say(printed, options, "start", key, attempt, line);
                if (heed == "blocks")
                {
                    Thread.Sleep(options.Milliseconds("--handle-ms", "0"));
                }

                await Task.Delay(options.Milliseconds("--handle-ms", "0"), heed == "true" ? cancellationToken : CancellationToken.None);
                if (failing.Contains(key) && attempt <= failures)
                {
                    Say(printed, options, "fail", key, attempt, line);
                    throw new InvalidOperationException("told to fail");
                }

                Say(printed, options, "end", key, attempt, line);
            });
            if (options.Get("--ordering", "key") == "key")
            {
                consumer.InKeyOrder(maxConcurrency: 16);
            }

            consumer.ProvisionTopics().OnFailure(policy => Chain(policy, options));
        });
        using var host = builder.Build();
        await host.StartAsync();
        printed.WriteLine("ready");
        await host.WaitForShutdownAsync();
    }

    private static void Chain(FailurePolicyBuilder policy, WorkerOptions options)
    {
        var delays = options.List("--delays");
        switch (options.Get("--policy"))
        {
            case "keep-order":
                policy.ThenRetryTopics(delays).KeepKeyOrder().ThenDeadLetter();
                break;

            case "reorder":
                policy.ThenRetryTopics(delays).AllowReordering().ThenDeadLetter();
                break;

            case "in-place":
                policy.Retry(1, options.Milliseconds("--delays", "0")).ThenDeadLetter();
                break;

            case "dead-letter":
                policy.ThenDeadLetter();
                break;
        }
    }

    private static void Say(Printed printed, WorkerOptions options, string what, string key, int attempt, string line)
    {
        printed.WriteLine($"{what} {line}");
        if (options.Get("--die-at", "") == $"{what}:{key}:{attempt}")
        {
            Process.GetCurrentProcess().Kill();
        }
    }
}

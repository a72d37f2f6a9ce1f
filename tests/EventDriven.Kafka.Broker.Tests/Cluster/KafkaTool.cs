using System.Diagnostics;
using System.Text;

namespace EventDriven.Kafka.Broker.Tests.Cluster;

/// <summary>Runs a command-line tool of the distribution to its end.</summary>
internal static class KafkaTool
{
    /// <summary>For Java processes that live for seconds: no time spent on optimizing, no threads for collecting.</summary>
    public const string QuickStart = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto";

    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(2);

    /// <summary>Returns what the tool printed; throws with all it said when it reports an error.</summary>
    public static async Task<string> RunAsync(
        ProcessGuard guard, string script, IEnumerable<string> arguments, string? input, CancellationToken cancellationToken, Encoding? printed = null)
    {
        using Process process = guard.Start(new ProcessStartInfo(KafkaDistribution.Script(script), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = printed,
            RedirectStandardError = true,
            Environment =
            {
                ["KAFKA_HEAP_OPTS"] = "-Xmx128m",
                ["KAFKA_JVM_PERFORMANCE_OPTS"] = QuickStart,
                ["LOG_DIR"] = guard.Folder,
            },
        });
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_timeout);

        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        finally
        {
            guard.Forget(process.Id);
        }

        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{script} ended with {process.ExitCode}.\n{await output}\n{await error}");
    }
}

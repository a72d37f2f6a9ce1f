using System.Globalization;
using EventDriven.Kafka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventDriven.Kafka.Health;

/// <summary>Tells whether one consumer makes progress, and if not, why and what to do.</summary>
internal sealed class ConsumerHealthCheck(HostedConsumer consumer) : IHealthCheck
{
    /// <summary>Never <c>live</c>: an event that fails must not make an orchestrator restart the process in a loop.</summary>
    public static readonly string[] Tags = ["ready"];

    public static string NameOf(string consumer) => $"eventdriven-{consumer}";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check(consumer.Name, consumer.Status, context.Registration.FailureStatus));

    internal static HealthCheckResult Check(string name, ConsumerStatus status, HealthStatus failureStatus)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal) { ["state"] = status.State.ToString(), ["paused"] = status.IsPaused };
        foreach (var partition in status.Partitions) data[partition.ToString()] = Describe(partition);

        var problems = Problems(status).ToArray();
        if (problems.Length > 0) return new HealthCheckResult(failureStatus, $"Consumer '{name}': {string.Join(' ', problems)}", data: data);

        // Something that may well come later, as other services create their topics.
        if (status.State == ConsumerState.WaitingForTopics) return HealthCheckResult.Degraded($"Consumer '{name}' waits for topics. {status.Reason}", data: data);
        if (status.UnmatchedPatterns.Count > 0) return HealthCheckResult.Degraded($"Consumer '{name}' is running, but no topic matches {Quote(status.UnmatchedPatterns)}.", data: data);

        if (ParkingProblems(status).ToArray() is { Length: > 0 } parking) return HealthCheckResult.Degraded($"Consumer '{name}': {string.Join(' ', parking)}", data: data);

        return HealthCheckResult.Healthy(
            status.IsStoppedByApplication
                ? $"Consumer '{name}' {(status.State == ConsumerState.Stopping ? "is being stopped" : "was stopped")} by the application."
                : $"Consumer '{name}' is running{(status.IsPaused ? ", paused by the application" : "")}.",
            data);
    }

    private static IEnumerable<string> Problems(ConsumerStatus status)
    {
        switch (status.State)
        {
            case ConsumerState.Starting:
                yield return "it is starting.";
                break;
            case ConsumerState.WaitingForCluster:
                yield return $"it waits for the cluster, and starts by itself. {status.Reason}";
                break;
            case ConsumerState.Stopping or ConsumerState.Stopped when status.IsStoppedByApplication:
                break;
            case ConsumerState.Stopping:
                yield return "it is stopping.";
                break;
            case ConsumerState.Stopped:
                yield return status.Reason is { } stopped ? $"it has stopped: {stopped}" : "it has stopped.";
                break;
            case ConsumerState.Failed:
                yield return $"it can't go on: {status.Reason}";
                break;
            case ConsumerState.Running:
            case ConsumerState.WaitingForTopics:
            default:
                break;
        }

        if (status.UnreachableSince is { } since)
        {
            yield return status is { State: ConsumerState.Running, Reason: { } reason }
                ? string.Create(CultureInfo.InvariantCulture, $"{reason.TrimEnd('.')}. So since {since:u}; it goes on by itself when that is over.")
                : string.Create(CultureInfo.InvariantCulture, $"No broker answers since {since:u}; it goes on by itself when one does.");
        }

        foreach (var partition in status.Partitions)
        {
            if (partition.StoppedAt is { } offset)
            {
                yield return $"{partition} is stopped at offset {offset} by {partition.StoppedBy}: the event failed and is not committed. "
                    + "Mend the cause, then restart the host or call IEventConsumerControl.Retry.";
            }

            if (partition.IsStuck)
            {
                yield return $"{partition} has an event that has been in its handler for {Seconds(partition.OldestInFlight)}.";
            }
        }
    }

    /// <summary>What keeps events waiting without any of them being lost or out of order.</summary>
    private static IEnumerable<string> ParkingProblems(ConsumerStatus status)
    {
        foreach (var partition in status.Partitions)
        {
            if (partition.ParkedError is { } error) yield return $"the parked events of {partition} can't be reached: {error.TrimEnd('.')}. It is tried again.";
            if (partition.IsParkedFull) yield return $"{partition} waits, since {partition.Parked} events are parked and more may not be.";
        }
    }

    private static string Describe(PartitionStatus partition)
    {
        var parts = new List<string>
        {
            $"position {Number(partition.Position)}",
            $"committed {Number(partition.CommittedPosition)}",
            $"in flight {partition.InFlight}",
            $"buffered {partition.Buffered}",
        };
        if (partition.Lag is not null) parts.Add($"lag {Number(partition.Lag)}");
        if (partition.Waiting > 0) parts.Add($"waiting {partition.Waiting}");
        if (partition.IsRestoringParked) parts.Add("restoring parked");
        if (partition.Parked > 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"parked {partition.Parked} of {partition.ParkedKeys} keys{(partition.IsParkedFull ? ", full" : "")}"));
        if (partition.ParkedError is not null) parts.Add("parked log out of reach");
        if (partition.OldestInFlight is not null) parts.Add($"oldest in flight for {Seconds(partition.OldestInFlight)}");
        if (partition.PauseReasons.Count > 0) parts.Add($"paused by {string.Join(" and ", partition.PauseReasons)}");
        if (partition.StoppedAt is not null) parts.Add($"stopped at {Number(partition.StoppedAt)} by {partition.StoppedBy}");
        return string.Join(", ", parts);
    }

    private static string Quote(IEnumerable<string> patterns) => string.Join(", ", patterns.Select(static pattern => $"'{pattern}'"));

    private static string Number(long? offset) => offset?.ToString(CultureInfo.InvariantCulture) ?? "unknown";

    private static string Seconds(TimeSpan? age) => string.Create(CultureInfo.InvariantCulture, $"{age.GetValueOrDefault().TotalSeconds:0.0} s");
}

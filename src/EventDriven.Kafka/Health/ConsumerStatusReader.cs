using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Health;

/// <summary>Turns the engine's state into what health checks and controls show.</summary>
internal static class ConsumerStatusReader
{
    public static ConsumerStatus Read(EventConsumerOptions options, ConsumerSnapshot snapshot) => new()
    {
        State = StateOf(snapshot),
        Reason = snapshot.End?.Message ?? (snapshot.LastError is { } error ? $"The client reports {error.Code}: {error.Reason}" : null),
        UnreachableSince = snapshot.ErrorSince,
        IsPaused = snapshot.IsPaused,
        Partitions = [.. snapshot.Assignments.Select(assignment => Read(options, snapshot, assignment))],
    };

    private static ConsumerState StateOf(ConsumerSnapshot snapshot) => snapshot switch
    {
        { IsCompleted: true, End: null } => ConsumerState.Stopped,
        { IsStopping: true } => ConsumerState.Stopping,
        { IsStarted: false } => ConsumerState.Starting,
        { End: not null } => ConsumerState.Failed,
        _ => ConsumerState.Running,
    };

    private static PartitionStatus Read(EventConsumerOptions options, ConsumerSnapshot snapshot, AssignmentSnapshot assignment) => new()
    {
        Topic = assignment.Id.Topic,
        Partition = assignment.Id.Partition,
        Position = assignment.Position,
        CommittedPosition = snapshot.Committed.TryGetValue(assignment.Id, out var committed) ? committed : null,
        InFlight = assignment.Running,
        Buffered = assignment.Held - assignment.Running,
        PauseReasons = assignment.Pauses == Consuming.PauseReasons.None ? [] : [assignment.Pauses.ToString()],
        OldestInFlight = assignment.OldestRunning,
        IsStuck = options.StuckAfter is { } limit && assignment.OldestRunning >= limit,
        StoppedAt = assignment.StoppedAt?.Offset,
        StoppedBy = assignment.StoppedAt?.Error.GetType().Name,
    };
}

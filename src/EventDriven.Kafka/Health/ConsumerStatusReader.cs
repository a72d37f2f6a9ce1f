using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Health;

/// <summary>Turns the engine's state into what health checks and controls show.</summary>
internal static class ConsumerStatusReader
{
    public static ConsumerStatus Read(EventConsumerOptions options, ConsumerSnapshot snapshot, Func<PartitionId, long?> logEndOf) => new()
    {
        State = StateOf(snapshot),
        Reason = ReasonOf(options, snapshot),
        UnreachableSince = snapshot.ErrorSince,
        IsPaused = snapshot.IsPaused,
        UnmatchedPatterns = snapshot.Unmatched,
        Partitions = [.. snapshot.Assignments.Select(assignment => Read(options, snapshot, assignment, logEndOf))],
    };

    private static ConsumerState StateOf(ConsumerSnapshot snapshot) => snapshot switch
    {
        { IsCompleted: true } => snapshot.End is null ? ConsumerState.Stopped : ConsumerState.Failed,
        { IsStopping: true } => ConsumerState.Stopping,
        { IsStarted: false } => ConsumerState.Starting,
        { End: not null } or { Refused: not null } => ConsumerState.Failed,
        { WaitsForTopics: true } => ConsumerState.WaitingForTopics,
        _ => ConsumerState.Running,
    };

    private static string? ReasonOf(EventConsumerOptions options, ConsumerSnapshot snapshot) => snapshot switch
    {
        { End: { } end } => end.Message,
        { Refused: { } refused } => refused.Reason,
        { WaitsForTopics: true } => $"No topic matches {string.Join(", ", snapshot.Unmatched.Select(static pattern => $"'{pattern}'"))}; the cluster is asked every {options.TopicRefreshInterval}.",
        { LastError: { } error } => $"The client reports {error.Code}: {error.Reason}",
        _ => null,
    };

    private static PartitionStatus Read(EventConsumerOptions options, ConsumerSnapshot snapshot, AssignmentSnapshot assignment, Func<PartitionId, long?> logEndOf) => new()
    {
        Topic = assignment.Id.Topic,
        Partition = assignment.Id.Partition,
        Position = assignment.Position,
        CommittedPosition = snapshot.Committed.TryGetValue(assignment.Id, out var committed) ? committed : null,
        LogEnd = assignment.EndOfLog(logEndOf(assignment.Id)),
        DueLag = assignment.DueLag(logEndOf(assignment.Id)),
        Waiting = assignment.Waiting,
        Parked = assignment.Parking?.Entries ?? 0,
        ParkedKeys = assignment.Parking?.Keys ?? 0,
        IsParkedFull = assignment.Parking?.IsAtBound == true,
        IsRestoringParked = assignment.Parking?.IsComplete == false,
        ParkedError = assignment.Parking?.Error,
        InFlight = assignment.Running,
        Buffered = assignment.Held - assignment.Running,
        PauseReasons = [.. Enum.GetValues<PauseReasons>().Where(reason => reason != PauseReasons.None && assignment.Pauses.HasFlag(reason)).Select(static reason => reason.ToString())],
        OldestInFlight = assignment.OldestRunning,
        IsStuck = options.StuckAfter is { } limit && assignment.OldestRunning >= limit,
        StoppedAt = assignment.StoppedAt?.Offset,
        StoppedBy = assignment.StoppedAt?.Error.GetType().Name,
    };
}

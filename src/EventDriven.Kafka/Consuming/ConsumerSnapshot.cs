namespace EventDriven.Kafka.Consuming;

/// <summary>The state of a consumer at one moment.</summary>
internal sealed record ConsumerSnapshot
{
    public required bool IsStarted { get; init; }

    /// <summary>Whether a client instance is at work.</summary>
    public required bool IsRunning { get; init; }

    public required bool IsPaused { get; init; }

    public required bool IsStopping { get; init; }

    public required bool IsCompleted { get; init; }

    public required IReadOnlyList<AssignmentSnapshot> Assignments { get; init; }

    /// <summary>The positions that the broker has acknowledged to the current client.</summary>
    public required IReadOnlyDictionary<PartitionId, long> Committed { get; init; }

    /// <summary>Records handled or filtered since the start of the consumer.</summary>
    public required long Finished { get; init; }

    /// <summary>Events found expired on the broker before they were read.</summary>
    public required long Expired { get; init; }

    /// <summary>The client's last error that has not passed yet.</summary>
    public required SourceError? LastError { get; init; }

    /// <summary>Since when the client has reported errors without a break; null while it reports none.</summary>
    public required DateTimeOffset? ErrorSince { get; init; }

    /// <summary>Why the group does not take the client in, which asks again by itself; null where it does.</summary>
    public required SourceError? Refused { get; init; }

    /// <summary>The patterns that match no topic of the cluster.</summary>
    public required IReadOnlyList<string> Unmatched { get; init; }

    /// <summary>The topics found by patterns that are not read, and why.</summary>
    public IReadOnlyDictionary<string, string> Unprepared { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether there is no topic to read, since no pattern matches one.</summary>
    public required bool WaitsForTopics { get; init; }

    /// <summary>Why the last client instance ended by itself, until another one works.</summary>
    public required ConsumerEnd? End { get; init; }
}

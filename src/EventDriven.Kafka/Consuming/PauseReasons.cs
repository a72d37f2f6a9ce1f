namespace EventDriven.Kafka.Consuming;

/// <summary>Why a partition is not fetched. It is fetched again only when none is left.</summary>
[Flags]
internal enum PauseReasons
{
    None = 0,

    /// <summary>It holds as much as it may.</summary>
    Backpressure = 1,

    /// <summary>An event failed for good.</summary>
    Stopped = 2,

    /// <summary>Where to start is being looked up.</summary>
    Resolving = 4,

    /// <summary>The user has paused the consumer.</summary>
    User = 8,

    /// <summary>The consumer is stopping.</summary>
    Stopping = 16,

    /// <summary>The user has paused this partition.</summary>
    UserPartition = 32,
}

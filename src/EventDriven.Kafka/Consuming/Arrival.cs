namespace EventDriven.Kafka.Consuming;

/// <summary>How far the client has come with a partition that was assigned to it.</summary>
internal enum Arrival
{
    /// <summary>Nothing has come of it yet: the client may still be asking where it begins, and must not be paused, resumed or sought.</summary>
    None,

    /// <summary>Something of it is being handed over, though it is to be paused.</summary>
    Noted,

    /// <summary>The client reads it: it may be told anything.</summary>
    Settled,
}

namespace EventDriven;

/// <summary>Why an event could not be produced.</summary>
public enum ProduceFailureReason
{
    /// <summary>The broker or the client gave another error; the message and the inner exception say which.</summary>
    Other = 0,

    /// <summary>The event could not be turned into bytes.</summary>
    Serialization,

    /// <summary>The record is larger than the client, the topic or the broker allows.</summary>
    TooLarge,

    /// <summary>The topic does not exist, or the partition does not.</summary>
    UnknownTopicOrPartition,

    /// <summary>The broker refuses this client the topic.</summary>
    NotAuthorized,

    /// <summary>No acknowledgement came in time. The event may have been delivered all the same.</summary>
    TimedOut,

    /// <summary>The host is stopping, and the producer takes no more events.</summary>
    Stopping,

    /// <summary>Events that nobody waited for were not delivered; <see cref="EventProduceException.Count"/> says how many.</summary>
    NotDelivered,

    /// <summary>A middleware of the producer returned without having called <c>next</c>, or before that had completed: the event was not produced.</summary>
    Middleware,
}

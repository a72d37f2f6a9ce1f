using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>An event was not produced, or it is not known whether it was. The message names topic and event type, never the event's content.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Its facts are required.")]
public sealed class EventProduceException : EventDrivenException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="eventType">The type of the event; null where the failure is of several.</param>
    /// <param name="reason">Why.</param>
    /// <param name="innerException">The client's own exception, if any.</param>
    /// <param name="count">How many events were not delivered.</param>
    /// <param name="mayHaveBeenDelivered">Whether the event may have been delivered all the same.</param>
    public EventProduceException(
        string message,
        string topic,
        Type? eventType,
        ProduceFailureReason reason,
        Exception? innerException = null,
        long count = 1,
        bool mayHaveBeenDelivered = false)
        : base(message, innerException)
    {
        Topic = topic;
        EventType = eventType;
        Reason = reason;
        Count = count;
        MayHaveBeenDelivered = mayHaveBeenDelivered;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>The type of the event; null where the failure is of several.</summary>
    public Type? EventType { get; }

    /// <summary>Why.</summary>
    public ProduceFailureReason Reason { get; }

    /// <summary>How many events were not delivered: 1, but for a flush.</summary>
    public long Count { get; }

    /// <summary>
    /// Whether the event may have been delivered all the same: it was on its way, and no acknowledgement came. Producing it again may then write it twice.
    /// False: it is certain that it was not delivered.
    /// </summary>
    public bool MayHaveBeenDelivered { get; }
}

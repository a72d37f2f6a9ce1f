using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>How the sending of one event ended, as the completion callback of <see cref="IEventProducer{T}.EnqueueAsync"/> gets it.</summary>
public readonly struct EventDelivery
{
    internal EventDelivery(EventReceipt receipt) => Receipt = receipt;

    internal EventDelivery(EventProduceException error) => Error = error;

    /// <summary>Whether the broker acknowledged the event.</summary>
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;

    /// <summary>Where the event is; the default value where it failed.</summary>
    public EventReceipt Receipt { get; }

    /// <summary>Why the event was not delivered; null where it was.</summary>
    public EventProduceException? Error { get; }
}

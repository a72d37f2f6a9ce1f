using System.Diagnostics.CodeAnalysis;

namespace EventDriven.Kafka.Pipeline;

/// <summary>One handler of tombstones as it was registered.</summary>
/// <param name="eventType">The event type whose tombstones it handles.</param>
/// <param name="create">Makes the handler, once, at start.</param>
internal sealed class TombstoneDescriptor(Type eventType, Func<ServiceLookup, Func<EventContext, CancellationToken, ValueTask>> create)
{
    public Type EventType => eventType;

    /// <summary>The class of the handler; null for a delegate.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    public Type? HandlerType { get; init; }

    /// <summary>The services that a delegate gets as parameters.</summary>
    public IReadOnlyList<Type> InjectedServices { get; init; } = [];

    public string Name => HandlerType?.Name ?? "a delegate";

    public IEventHandler<Tombstone> Compose(ServiceLookup services)
    {
        var handle = create(services);
        return new DelegateHandler<Tombstone>((_, context, cancellationToken) => handle(context, cancellationToken));
    }
}

using System.Diagnostics.CodeAnalysis;

namespace EventDriven.Kafka.Pipeline;

/// <summary>One handler as it was registered.</summary>
internal abstract class HandlerDescriptor
{
    public abstract Type EventType { get; }

    /// <summary>The class of the handler; null for a delegate.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    public Type? HandlerType { get; init; }

    /// <summary>The services that a delegate gets as parameters.</summary>
    public IReadOnlyList<Type> InjectedServices { get; init; } = [];

    /// <summary>Whether it takes several events at a time.</summary>
    public virtual bool IsForBatches => false;

    public string Name => HandlerType?.Name ?? "a delegate";

    /// <summary>Whether a middleware is for events of this handler.</summary>
    public abstract bool Accepts(MiddlewareDescriptor middleware);

    /// <summary>Finds or makes the serializer; throws where there is none.</summary>
    public abstract object CreateSerializer(PipelineBlueprint blueprint, IServiceProvider root);

    /// <summary>Turns bytes into an event, by the serializer of the handler.</summary>
    public abstract ValueTask<object?> ReadAsync(PipelineBlueprint blueprint, IServiceProvider root, ReadOnlyMemory<byte> value, EventSerializationContext context, CancellationToken cancellationToken);

    /// <summary>Composes deserialization, the typed middleware that is for this event type, and the handler.</summary>
    public abstract EventRoute Compose(PipelineComposer composer);
}

using System.Diagnostics.CodeAnalysis;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka.Producing;

/// <summary>One middleware of a producer as it was registered: by type, by a factory, or as a delegate.</summary>
internal sealed class ProducerMiddlewareDescriptor
{
    /// <summary>The class of the middleware; null for a factory or a delegate.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    public Type? Type { get; init; }

    /// <summary>Arguments for the constructor. With any, the instance does not come from dependency injection.</summary>
    public object[] Arguments { get; init; } = [];

    public Func<IServiceProvider, IProducerMiddleware>? Factory { get; init; }

    public Func<ProduceContext, ProduceDelegate, ValueTask>? Inline { get; init; }

    /// <summary>Where it stands among all middleware, from 1.</summary>
    public required int Position { get; init; }

    public string Name => Type?.Name ?? $"the middleware at position {Position}";

    /// <summary>Whether it is for every event, and for tombstones.</summary>
    public bool IsUntyped => Type is null || typeof(IProducerMiddleware).IsAssignableFrom(Type);

    /// <summary>Whether it gets the events of a type.</summary>
    public bool IsFor<T>() => Type is not null && typeof(IProducerMiddleware<T>).IsAssignableFrom(Type);

    public Func<ProduceContext, ProduceDelegate, ValueTask> Compose<T>(ServiceLookup services)
    {
        if (Inline is not null) return Inline;
        if (Factory is { } factory) return (context, next) => factory(context.Services).InvokeAsync(context, next);

        var (shared, create) = services.InstancesOf(Type!, Arguments);
        var isUntyped = IsUntyped;
        if (!IsFor<T>()) return (context, next) => Untyped(context).InvokeAsync(context, next);

        // A tombstone has no event; where the class is for both, it passes the other way in.
        return (context, next) =>
            !context.IsTombstone ? ((IProducerMiddleware<T>)(shared ?? create(context.Services))).InvokeAsync((T)context.Event!, context, next)
            : isUntyped ? Untyped(context).InvokeAsync(context, next)
            : next(context);

        IProducerMiddleware Untyped(ProduceContext context) => (IProducerMiddleware)(shared ?? create(context.Services));
    }
}

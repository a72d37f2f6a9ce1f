using System.Diagnostics.CodeAnalysis;

namespace EventDriven.Kafka.Pipeline;

/// <summary>One middleware as it was registered: by type, by a factory, or as a delegate.</summary>
internal sealed class MiddlewareDescriptor
{
    /// <summary>The class of the middleware; null for a factory or a delegate.</summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    public Type? Type { get; init; }

    /// <summary>Arguments for the constructor. With any, the instance does not come from dependency injection.</summary>
    public object[] Arguments { get; init; } = [];

    public Func<IServiceProvider, IEventMiddleware>? Factory { get; init; }

    public Func<EventContext, EventDelegate, ValueTask>? Inline { get; init; }

    /// <summary>Where it stands among all middleware, from 1.</summary>
    public required int Position { get; init; }

    public string Name => Type?.Name ?? $"the middleware at position {Position}";

    /// <summary>Whether it runs before deserialization, for every event.</summary>
    public bool IsUntyped => Type is null || typeof(IEventMiddleware).IsAssignableFrom(Type);

    /// <summary>Whether it runs after deserialization, for events of a type.</summary>
    public bool IsFor<T>() => Type is not null && typeof(IEventMiddleware<T>).IsAssignableFrom(Type);

    public Func<EventContext, EventDelegate, ValueTask> Compose(ServiceLookup services)
    {
        if (Inline is not null)
        {
            return Inline;
        }

        if (Factory is { } factory)
        {
            return (context, next) => factory(context.Services).InvokeAsync(context, next);
        }

        var (shared, create) = services.InstancesOf(Type!, Arguments);
        return shared is not null
            ? ((IEventMiddleware)shared).InvokeAsync
            : (context, next) => ((IEventMiddleware)create(context.Services)).InvokeAsync(context, next);
    }

    public Func<EventContext, IEventMiddleware<T>> Compose<T>(ServiceLookup services)
    {
        var (shared, create) = services.InstancesOf(Type!, Arguments);
        return shared is IEventMiddleware<T> middleware ? _ => middleware : context => (IEventMiddleware<T>)create(context.Services);
    }
}

using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

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

        var (shared, resolve) = Instances(services);
        return shared is not null
            ? ((IEventMiddleware)shared).InvokeAsync
            : (context, next) => ((IEventMiddleware)resolve(context)).InvokeAsync(context, next);
    }

    public Func<EventContext, IEventMiddleware<T>> Compose<T>(ServiceLookup services)
    {
        var (shared, resolve) = Instances(services);
        return shared is IEventMiddleware<T> middleware ? _ => middleware : context => (IEventMiddleware<T>)resolve(context);
    }

    /// <summary>The one instance, where there is one, and how to get one for an attempt.</summary>
    private (object? Shared, Func<EventContext, object> Resolve) Instances(ServiceLookup services)
    {
        var type = Type!;
        Func<IServiceProvider, object> create = provider => provider.GetRequiredService(type);
        if (Arguments.Length > 0)
        {
            var factory = ActivatorUtilities.CreateFactory(type, [.. Arguments.Select(argument => argument.GetType())]);
            create = provider => factory(provider, Arguments);
        }

        if (services.IsSingleton(type))
        {
            var instance = create(services.Root);
            return (instance, _ => instance);
        }

        return (null, context => create(context.Services));
    }
}

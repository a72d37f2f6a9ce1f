using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Pipeline;

/// <summary>Decides at start, for each service that the pipeline needs, whether one instance serves all events or each attempt asks its own scope.</summary>
internal sealed class ServiceLookup(IServiceProvider root, IServiceCollection services)
{
    public IServiceProvider Root => root;

    public bool IsSingleton(Type type) => Find(type)?.Lifetime is ServiceLifetime.Singleton;

    /// <summary>Whether the application makes the instances itself, so that nothing can be said about constructors.</summary>
    public bool IsMadeByFactory(Type type) => Find(type) is { } service && service.ImplementationType != type;

    /// <summary>How to get a service for an attempt. The context itself and the attempt's own services are services too.</summary>
    public Func<EventContext, TService> Of<TService>()
        where TService : notnull
    {
        if (typeof(TService) == typeof(EventContext))
        {
            return static context => (TService)(object)context;
        }

        if (typeof(TService) == typeof(IServiceProvider))
        {
            return static context => (TService)context.Services;
        }

        if (IsSingleton(typeof(TService)))
        {
            var instance = root.GetRequiredService<TService>();
            return _ => instance;
        }

        return static context => context.Services.GetRequiredService<TService>();
    }

    /// <summary>The one instance of a class, where there is one, and how to get one from the services of an attempt.</summary>
    /// <param name="type">The class.</param>
    /// <param name="arguments">Arguments for the constructor. With any, the instance does not come from dependency injection.</param>
    public (object? Shared, Func<IServiceProvider, object> Create) InstancesOf(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type, object[] arguments)
    {
        Func<IServiceProvider, object> create = provider => provider.GetRequiredService(type);
        if (arguments.Length > 0)
        {
            var factory = ActivatorUtilities.CreateFactory(type, [.. arguments.Select(argument => argument.GetType())]);
            create = provider => factory(provider, arguments);
        }

        return (IsSingleton(type) ? create(root) : null, create);
    }

    private ServiceDescriptor? Find(Type type)
    {
        var definition = type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : null;
        return services.LastOrDefault(service => !service.IsKeyedService && service.ServiceType == type)
            ?? services.LastOrDefault(service => !service.IsKeyedService && service.ServiceType == definition);
    }
}

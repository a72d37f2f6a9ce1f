using EventDriven;
using EventDriven.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Security;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers producers.</summary>
public static class EventProducerServiceCollectionExtensions
{
    /// <summary>Registers the producer of an event type: a singleton <see cref="IEventProducer{T}"/>.</summary>
    /// <typeparam name="T">The type of the events. Two producers of one type are an error at start: <see cref="AddKeyedEventProducer{T}"/>.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="topic">The topic; configuration may replace it.</param>
    /// <param name="configure">Says how events are keyed, written and sent. Null for JSON values without a key.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="topic"/> is null.</exception>
    /// <remarks>The client connects at the first event. Whatever is wrong with the registration or its configuration is told when the host starts.</remarks>
    public static IServiceCollection AddEventProducer<T>(
        this IServiceCollection services, string topic, Action<EventProducerBuilder<T>>? configure = null)
    {
        var producer = Add(services, topic, null, configure);
        return services.AddSingleton<IEventProducer<T>>(producer.Build);
    }

    /// <summary>Registers one of several producers of an event type: a keyed singleton <see cref="IEventProducer{T}"/>.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="serviceKey">The key by which it is taken: <c>[FromKeyedServices(key)] IEventProducer&lt;T&gt; producer</c>.</param>
    /// <param name="topic">The topic; configuration may replace it.</param>
    /// <param name="configure">Says how events are keyed, written and sent. Null for JSON values without a key.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/>, <paramref name="serviceKey"/> or <paramref name="topic"/> is null.</exception>
    public static IServiceCollection AddKeyedEventProducer<T>(
        this IServiceCollection services, object serviceKey, string topic, Action<EventProducerBuilder<T>>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(serviceKey);
        var producer = Add(services, topic, serviceKey, configure);
        return services.AddKeyedSingleton<IEventProducer<T>>(serviceKey, (provider, _) => producer.Build(provider));
    }

    private static ProducerBlueprint<T> Add<T>(IServiceCollection services, string topic, object? serviceKey, Action<EventProducerBuilder<T>>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(topic);
        var builder = new EventProducerBuilder<T>();
        configure?.Invoke(builder);
        var producer = builder.Build(topic, serviceKey);

        AddShared(services);
        producer.AddServices(services);
        services.AddSingleton<ProducerBlueprint>(producer);
        services.AddSingleton(producer.Registration);
        services.Configure<EventProducerOptions>(producer.Registration.Name, options => options.Topic = topic);
        foreach (var setOptions in builder.Options) services.Configure(producer.Registration.Name, setOptions);
        return producer;
    }

    private static void AddShared(IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(ProducerSettingsComposer))) return;

        EventDrivenServices.AddShared(services);
        services.AddSingleton<ProducerSettingsComposer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistrationCheck, ProducersCheck>());
    }
}

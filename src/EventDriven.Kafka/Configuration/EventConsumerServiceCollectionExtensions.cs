using System.Diagnostics.CodeAnalysis;
using EventDriven;
using EventDriven.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Health;
using EventDriven.Kafka.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers consumers.</summary>
public static class EventConsumerServiceCollectionExtensions
{
    /// <summary>Registers a consumer of one topic, whose event types and handlers <paramref name="configure"/> names.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="topic">The topic; configuration may replace it.</param>
    /// <param name="group">The consumer group, which also names the consumer unless <see cref="EventConsumerBuilder.Named"/> does. Configuration may replace the group, not the name.</param>
    /// <param name="configure">Says how events are handled.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <remarks>
    /// The host starts and stops it, and it has a health check <c>eventdriven-{name}</c>, tagged <c>ready</c>, and a keyed <see cref="IEventConsumerControl"/>.
    /// Whatever is wrong is told when the host starts, all at once, by an <see cref="EventDrivenConfigurationException"/>.
    /// </remarks>
    public static IServiceCollection AddEventConsumer(this IServiceCollection services, string topic, string group, Action<EventConsumerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return AddEventConsumer(services, [topic], group, configure);
    }

    /// <summary>Registers a consumer of several topics, whose event types and handlers <paramref name="configure"/> names.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="topics">The topics; configuration may replace them, as a whole.</param>
    /// <param name="group">The consumer group, which also names the consumer unless <see cref="EventConsumerBuilder.Named"/> does. Configuration may replace the group, not the name.</param>
    /// <param name="configure">Says how events are handled.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IServiceCollection AddEventConsumer(
        this IServiceCollection services, IEnumerable<string> topics, string group, Action<EventConsumerBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(topics);
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(configure);

        var builder = new EventConsumerBuilder();
        configure(builder);
        var consumer = new ConsumerRegistration(builder.Name ?? group, builder.Cluster)
        {
            Topics = [.. topics],
            Pipeline = builder.Pipeline,
            ConfigureClient = builder.ClientSettings,
        };

        EventDrivenServices.AddShared(services);
        builder.Pipeline.AddServices(services);
        services.Configure<EventConsumerOptions>(consumer.Name, options =>
        {
            options.Topics = [.. consumer.Topics];
            options.Group = group;
            builder.Apply(options);
        });
        AddNamedServices(services, consumer.Name);
        services.AddSingleton(consumer);
        return services;
    }

    /// <summary>Adds a consumer of one event type with the defaults: partition order, System.Text.Json, stop at a failing event.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <typeparam name="THandler">What handles them: scoped, with a scope for each attempt, unless it is registered otherwise.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="topic">The topic to read.</param>
    /// <param name="group">The consumer group, which is also the consumer's name.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddEventConsumer<
        T, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, string topic, string group)
        where THandler : class, IEventHandler<T> =>
        services.AddEventConsumer<T, THandler>(topic, group, static _ => { });

    /// <summary>Adds a consumer of one event type.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <typeparam name="THandler">What handles them: scoped, with a scope for each attempt, unless it is registered otherwise.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="topic">The topic to read.</param>
    /// <param name="group">The consumer group, which is also the consumer's name unless it is given another.</param>
    /// <param name="configure">Says more about the consumer.</param>
    /// <returns>The services.</returns>
    /// <remarks>What is wrong with it is told when the host starts, together with everything else.</remarks>
    public static IServiceCollection AddEventConsumer<
        T, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, string topic, string group, Action<EventConsumerBuilder> configure)
        where THandler : class, IEventHandler<T> =>
        services.AddEventConsumer(topic, group, consumer =>
        {
            consumer.Handle<T, THandler>();
            configure(consumer);
        });

    /// <summary>Adds a consumer of one event type on several topics.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <typeparam name="THandler">What handles them: scoped, with a scope for each attempt, unless it is registered otherwise.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="topics">The topics to read.</param>
    /// <param name="group">The consumer group, which is also the consumer's name unless it is given another.</param>
    /// <param name="configure">Says more about the consumer.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddEventConsumer<
        T, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, IEnumerable<string> topics, string group, Action<EventConsumerBuilder> configure)
        where THandler : class, IEventHandler<T> =>
        services.AddEventConsumer(topics, group, consumer =>
        {
            consumer.Handle<T, THandler>();
            configure(consumer);
        });

    /// <summary>Adds a consumer that handles the events of one type several at a time, with the defaults: partition order, System.Text.Json, stop at a failing event.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <typeparam name="THandler">What handles them: scoped, with a scope for each attempt at a batch, unless it is registered otherwise.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="topic">The topic to read.</param>
    /// <param name="group">The consumer group, which is also the consumer's name.</param>
    /// <param name="maxEvents">How many events a batch has at most, from 1 to 100,000.</param>
    /// <param name="maxWait">How long an event waits at most for its batch to fill, from zero to 1 hour; with zero a batch has what is there.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddEventBatchConsumer<
        T, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, string topic, string group, int maxEvents, TimeSpan maxWait)
        where THandler : class, IBatchEventHandler<T> =>
        services.AddEventBatchConsumer<T, THandler>(topic, group, maxEvents, maxWait, static _ => { });

    /// <summary>Adds a consumer that handles the events of one type several at a time.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <typeparam name="THandler">What handles them: scoped, with a scope for each attempt at a batch, unless it is registered otherwise.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="topic">The topic to read.</param>
    /// <param name="group">The consumer group, which is also the consumer's name unless it is given another.</param>
    /// <param name="maxEvents">How many events a batch has at most, from 1 to 100,000.</param>
    /// <param name="maxWait">How long an event waits at most for its batch to fill, from zero to 1 hour; with zero a batch has what is there.</param>
    /// <param name="configure">Says more about the consumer.</param>
    /// <returns>The services.</returns>
    /// <remarks>As <see cref="EventConsumerBuilder.HandleBatch{T, THandler}(int, TimeSpan)"/> has it. What is wrong is told when the host starts, together with everything else.</remarks>
    public static IServiceCollection AddEventBatchConsumer<
        T, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, string topic, string group, int maxEvents, TimeSpan maxWait, Action<EventConsumerBuilder> configure)
        where THandler : class, IBatchEventHandler<T> =>
        services.AddEventBatchConsumer<T, THandler>([topic], group, maxEvents, maxWait, configure);

    /// <summary>Adds a consumer that handles the events of one type several at a time, on several topics. A batch is of one partition.</summary>
    /// <typeparam name="T">The type of the events.</typeparam>
    /// <typeparam name="THandler">What handles them: scoped, with a scope for each attempt at a batch, unless it is registered otherwise.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="topics">The topics to read.</param>
    /// <param name="group">The consumer group, which is also the consumer's name unless it is given another.</param>
    /// <param name="maxEvents">How many events a batch has at most, from 1 to 100,000.</param>
    /// <param name="maxWait">How long an event waits at most for its batch to fill, from zero to 1 hour; with zero a batch has what is there.</param>
    /// <param name="configure">Says more about the consumer.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddEventBatchConsumer<
        T, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        this IServiceCollection services, IEnumerable<string> topics, string group, int maxEvents, TimeSpan maxWait, Action<EventConsumerBuilder> configure)
        where THandler : class, IBatchEventHandler<T> =>
        services.AddEventConsumer(topics, group, consumer =>
        {
            consumer.HandleBatch<T, THandler>(maxEvents, maxWait);
            configure(consumer);
        });

    private static void AddNamedServices(IServiceCollection services, string name)
    {
        // Two of one name are told at start, and health checks throw of their own accord before that.
        var isKnown = services.Where(static service => service.ServiceType == typeof(ConsumerRegistration))
            .Any(service => string.Equals(((ConsumerRegistration)service.ImplementationInstance!).Name, name, StringComparison.OrdinalIgnoreCase));
        if (isKnown) return;

        services.AddKeyedSingleton<IEventConsumerControl>(name, (provider, _) => provider.GetRequiredService<HostedConsumers>().Get(name));
        services.AddSingleton<IEventConsumerControl>(provider => provider.GetRequiredService<HostedConsumers>().Get(name));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            ConsumerHealthCheck.NameOf(name), provider => new ConsumerHealthCheck(provider.GetRequiredService<HostedConsumers>().Get(name)), null, ConsumerHealthCheck.Tags));
    }
}

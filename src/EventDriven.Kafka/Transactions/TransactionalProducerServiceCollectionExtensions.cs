using EventDriven;
using EventDriven.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers transactional producers.</summary>
public static class TransactionalProducerServiceCollectionExtensions
{
    /// <summary>
    /// Registers an <see cref="ITransactionalProducer"/>, a singleton, also by its name as a key. The events are produced by the producers that <c>AddEventProducer</c> registers.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="name">Its name: in logs, in errors, in its transactional ids, and that of its section of configuration, <c>{cluster}:TransactionalProducers:{name}</c>.</param>
    /// <param name="configure">Says more about it. Null for the defaults.</param>
    /// <returns>The services.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or blank, or <paramref name="services"/> is null.</exception>
    /// <remarks>The client connects at the first transaction. Whatever is wrong with the registration or its configuration is told when the host starts.</remarks>
    public static IServiceCollection AddTransactionalProducer(this IServiceCollection services, string name, Action<TransactionalProducerBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var builder = new TransactionalProducerBuilder();
        configure?.Invoke(builder);

        EventDrivenServices.AddShared(services);
        services.TryAddSingleton<AmbientTransaction>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRegistrationCheck, TransactionalProducersCheck>());
        var registration = new TransactionalProducerRegistration(name, builder.Cluster);
        services.AddSingleton(registration);
        foreach (var set in builder.Options) services.Configure(name, set);

        services.AddKeyedSingleton<ITransactionalProducer>(name, (provider, _) => TransactionalProducer.Create(provider, registration));
        services.AddSingleton<ITransactionalProducer>(provider => provider.GetRequiredKeyedService<ITransactionalProducer>(name));
        services.AddSingleton<IStopAfterConsumers>(provider => (IStopAfterConsumers)provider.GetRequiredKeyedService<ITransactionalProducer>(name));
        return services;
    }
}

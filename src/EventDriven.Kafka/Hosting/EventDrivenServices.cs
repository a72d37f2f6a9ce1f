using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Security;
using EventDriven.Kafka.Telemetry;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Hosting;

/// <summary>What every registration needs once.</summary>
internal static class EventDrivenServices
{
    public static void AddShared(IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(ClusterDirectory))) return;

        services.AddLogging();
        services.AddOptions();
        services.AddMetrics();
        services.AddSingleton<Instruments>();
        services.TryAddSingleton(TimeProvider.System);
        AddConfiguration(services);
        AddHosting(services);
    }

    private static void AddConfiguration(IServiceCollection services)
    {
        services.AddSingleton<ClusterDirectory>();
        services.AddSingleton<ClusterOptionsFactory>();
        services.AddSingleton<IOptionsFactory<KafkaClusterOptions>>(static provider => provider.GetRequiredService<ClusterOptionsFactory>());
        services.AddSingleton<ConsumerOptionsFactory>();
        services.AddSingleton<IOptionsFactory<EventConsumerOptions>>(static provider => provider.GetRequiredService<ConsumerOptionsFactory>());
        services.AddSingleton<ProducerOptionsFactory>();
        services.AddSingleton<IOptionsFactory<EventProducerOptions>>(static provider => provider.GetRequiredService<ProducerOptionsFactory>());
        services.AddSingleton<TransactionalProducerOptionsFactory>();
        services.AddSingleton<IOptionsFactory<TransactionalProducerOptions>>(static provider => provider.GetRequiredService<TransactionalProducerOptionsFactory>());
        services.AddSingleton<TransactionalClientComposer>();
        services.TryAddSingleton<TransactionalProducerFactory>(ConfluentProducerFactory.For);
        services.AddSingleton(static provider => new ClientConfigComposer(provider.GetService<IHostEnvironment>()?.ApplicationName ?? AppDomain.CurrentDomain.FriendlyName));
        services.AddSingleton<TokenSources>();
        services.AddSingleton<ConsumerSettingsComposer>();
        services.AddSingleton<IRegistrationCheck, SectionKeysCheck>();
        services.AddSingleton<IRegistrationCheck, ClusterCheck>();
        services.AddSingleton<IRegistrationCheck, ConsumerCheck>();
        services.AddSingleton<RegistrationValidator>();
    }

    private static void AddHosting(IServiceCollection services)
    {
        services.AddSingleton(ProducerClientPools.Create);
        services.AddSingleton<IStopAfterConsumers>(static provider => provider.GetRequiredService<ProducerClientPool>());
        services.AddSingleton<HeldEvents>();
        services.AddSingleton<TopicPartitions>();
        services.AddSingleton<HandOverLogs>();
        services.AddSingleton<ParkedLogs>();
        services.TryAddSingleton<ITopicInspector, AdminTopicInspector>();
        services.AddSingleton<ClusterTopicAdmin>();
        services.AddSingleton<FailureTopicProvisioner>();
        services.TryAddSingleton<IEventConsumerRunnerFactory, EventConsumerRunnerFactory>();
        services.AddSingleton<HostStopper>();
        services.AddSingleton<HostedConsumers>();
        services.AddSingleton<ClusterContacts>();
        services.AddSingleton<ClusterStates>();
        services.AddHostedService<EventDrivenHostedService>();
    }
}

using Confluent.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Telemetry;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EventDriven.Kafka.Tests.Producing;

/// <summary>Producers as an application registers them, on an embedded cluster.</summary>
internal sealed class ProducerHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public ProducerHost(EmbeddedKafka kafka, Action<IServiceCollection> register, Action<KafkaClusterOptions>? configure = null)
    {
        Kafka = kafka;
        _services = Services(register, options =>
        {
            options.BootstrapServers = kafka.BootstrapServers;
            options.Client["reconnect.backoff.ms"] = "10";
            options.Client["reconnect.backoff.max.ms"] = "50";
            options.Client["retry.backoff.ms"] = "10";
            configure?.Invoke(options);
        }).BuildServiceProvider();
    }

    public EmbeddedKafka Kafka { get; }

    public ProducerClientPool Pool => _services.GetRequiredService<ProducerClientPool>();

    public static IServiceCollection Services(Action<IServiceCollection> register, Action<KafkaClusterOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddOptions();
        services.AddMetrics();
        services.AddSingleton<Instruments>();
        services.AddSingleton(new ClusterRegistration("Kafka", null));
        services.TryAddSingleton<ClusterDirectory>();
        services.TryAddSingleton<ClusterOptionsFactory>();
        services.TryAddSingleton<ProducerOptionsFactory>();
        services.TryAddSingleton(new ClientConfigComposer("tests"));
        services.AddSingleton(ProducerClientPools.Create);
        services.Configure("Kafka", configure);
        register(services);
        return services;
    }

    public IEventProducer<T> Producer<T>(object? key = null) => key is null
        ? _services.GetRequiredService<IEventProducer<T>>()
        : _services.GetRequiredKeyedService<IEventProducer<T>>(key);

    /// <summary>Reads that many records of a partition, from its beginning.</summary>
    public List<ConsumeResult<byte[]?, byte[]?>> Read(string topic, int partition, int count)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig(new Dictionary<string, string>(Kafka.ConsumerSettings))
        {
            GroupId = "reader",
            BootstrapServers = Kafka.BootstrapServers,
            EnableAutoCommit = false,
            ReconnectBackoffMs = 10,
            ReconnectBackoffMaxMs = 50,
        }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, partition, Offset.Beginning));
        return [.. Enumerable.Range(0, count).Select(_ => consumer.Consume(Patience.Limit) ?? throw new TimeoutException("No record came."))];
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

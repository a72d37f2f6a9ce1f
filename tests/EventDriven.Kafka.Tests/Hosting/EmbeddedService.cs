using System.Collections.Concurrent;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Hosting;
using EventDriven.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>A host with one consumer on an embedded Kafka, which notes what it handles.</summary>
internal sealed class EmbeddedService : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IHost _host;

    private EmbeddedService(IHost host, ConcurrentQueue<string> handled)
    {
        _host = host;
        Handled = handled;
    }

    /// <summary>What was handled, as <c>topic[partition]@offset</c>, in the order of its ends.</summary>
    public ConcurrentQueue<string> Handled { get; }

    public LogLines Logs { get; private init; } = null!;

    public IServiceProvider Services => _host.Services;

    public IEventConsumerControl Control => Services.GetRequiredKeyedService<IEventConsumerControl>("inventory");

    public EventConsumer Engine => Services.GetRequiredService<HostedConsumers>().Get("inventory").Engine!;

    public static async Task<EmbeddedService> StartAsync(
        EmbeddedKafka kafka,
        string[] topics,
        Action<EventConsumerBuilder>? configure = null,
        Func<EventContext, CancellationToken, Task>? handle = null,
        TimeProvider? time = null)
    {
        var handled = new ConcurrentQueue<string>();
        var logs = new LogLines();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ILoggerProvider>(logs);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddEventDriven("Kafka", static _ => { });
        builder.Services.AddEventConsumer(topics, "inventory", consumer =>
        {
            consumer.Configure(static options =>
            {
                options.CommitInterval = TimeSpan.FromMilliseconds(50);
                options.TopicRefreshInterval = TimeSpan.FromMilliseconds(100);
            });
            consumer.Handle(async (string _, EventContext context, CancellationToken cancellationToken) =>
            {
                // Read before the handler may give the context up.
                var name = $"{context.Topic}[{context.Partition}]@{context.Offset}";
                if (handle is not null) await handle(context, cancellationToken);
                handled.Enqueue(name);
            });
            configure?.Invoke(consumer);
        });
        builder.Services.UseEmbeddedKafka(kafka);
        var service = new EmbeddedService(builder.Build(), handled) { Logs = logs };
        await service._host.StartAsync().WaitAsync(Patience);
        return service;
    }

    /// <summary>Writes texts to a partition.</summary>
    public static async Task ProduceAsync(EmbeddedKafka kafka, string topic, int partition, int count)
    {
        using var producer = new Confluent.Kafka.ProducerBuilder<Confluent.Kafka.Null, string>(
            new Confluent.Kafka.ProducerConfig { BootstrapServers = kafka.BootstrapServers, LingerMs = 0 }).Build();
        for (var i = 0; i < count; i++)
        {
            await producer.ProduceAsync(new Confluent.Kafka.TopicPartition(topic, partition), new Confluent.Kafka.Message<Confluent.Kafka.Null, string> { Value = $"\"{i}\"" });
        }
    }

    public Task UntilAsync(Func<ConsumerSnapshot, bool> condition) => Engine.WaitUntilAsync(condition, CancellationToken.None).WaitAsync(Patience);

    public Task UntilHandledAsync(int count) => UntilAsync(_ => Handled.Count >= count);

    public Task UntilCommittedAsync(string topic, int partition, long offset) =>
        UntilAsync(state => state.Committed.TryGetValue(new PartitionId(topic, partition), out var committed) && committed == offset);

    public Task UntilAssignedAsync(params string[] topics) => UntilAsync(state =>
        state.Assignments.Select(static assignment => assignment.Id.Topic).Distinct().Order(StringComparer.Ordinal).SequenceEqual(topics.Order(StringComparer.Ordinal)));

    public async Task<HealthReportEntry> HealthAsync() =>
        (await Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["eventdriven-inventory"];

    public Task StopAsync() => _host.StopAsync().WaitAsync(Patience);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }
}

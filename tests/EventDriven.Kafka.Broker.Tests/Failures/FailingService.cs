using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Kafka.Broker.Tests.Failures;

/// <summary>A service whose events of bytes fail as a test says.</summary>
internal sealed class FailingService : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly IHost _host;
    private readonly string _group;

    public FailingService(
        string bootstrapServers,
        string topic,
        string group,
        Action<EventConsumerBuilder> configure,
        Func<EventContext, Task>? handle = null,
        Action<IServiceCollection>? register = null,
        IEnumerable<KeyValuePair<string, string?>>? settings = null)
    {
        _group = group;
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = group });
        builder.Configuration.AddInMemoryCollection([
            new("Kafka:BootstrapServers", bootstrapServers),
            new("Kafka:Client:reconnect.backoff.max.ms", "200"),
            .. (settings ?? []).Select(setting => KeyValuePair.Create($"Kafka:{setting.Key}", setting.Value)),
        ]);
        builder.AddEventDriven("Kafka");
        builder.Services.AddEventConsumer(topic, group, consumer =>
        {
            consumer.Configure(static options => options.CommitInterval = TimeSpan.FromMilliseconds(100));
            consumer.Handle<byte[]>(async (value, context, _) => await (handle ?? (static _ => throw new InvalidOperationException("poison")))(context));
            consumer.HandleTombstone<byte[]>((context, _) => new ValueTask((handle ?? (static _ => throw new InvalidOperationException("poison")))(context)));
            configure(consumer);
        });
        register?.Invoke(builder.Services);
        _host = builder.Build();
    }

    public IHost Host => _host;

    public ConsumerStatus Status => _host.Services.GetRequiredKeyedService<IEventConsumerControl>(_group).Status;

    private EventConsumer Engine => _host.Services.GetRequiredService<HostedConsumers>().Get(_group).Engine!;

    public async Task<FailingService> StartAsync()
    {
        await _host.StartAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return this;
    }

    public Task StopAsync() => _host.StopAsync(CancellationToken.None).WaitAsync(Patience);

    public Task CommittedAsync(string topic, int partition, long offset) =>
        UntilAsync(state => state.Committed.GetValueOrDefault(new PartitionId(topic, partition)) == offset);

    public Task HeldAsync(int count = 1) => UntilAsync(_ => Status.HeldEvents.Count == count);

    public async Task UntilAsync(Func<ConsumerSnapshot, bool> condition)
    {
        try
        {
            await Engine.WaitUntilAsync(condition, TestContext.Current.CancellationToken).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            var state = Engine.GetSnapshot();
            throw new TimeoutException(
                $"It did not come to that. {Status.State}, {Status.Reason}; " + string.Join("; ", state.Assignments.Select(static assignment =>
                    $"{assignment.Id}: position {assignment.Position}, received {assignment.LastReceived}, at end {assignment.IsAtEnd}, held {assignment.Held}, running {assignment.Running}, pauses {assignment.Pauses}, "
                    + $"parked {assignment.Parking?.Entries} of {assignment.Parking?.Keys} keys, complete {assignment.Parking?.IsComplete}, growing {assignment.Parking?.IsGrowing}, {assignment.Parking?.Error}")));
        }
    }

    public async Task<HealthReportEntry> HealthAsync() =>
        (await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries[$"eventdriven-{_group}"];

    public static async Task<TopicPartitionOffset> ProduceAsync(string bootstrapServers, TopicPartition to, byte[]? key, byte[]? value, Headers? headers = null)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = bootstrapServers, MessageMaxBytes = 10_000_000, LingerMs = 0 })
            .SetLogHandler(static (_, _) => { }).Build();
        var delivered = await producer.ProduceAsync(to, new Message<byte[]?, byte[]?> { Key = key, Value = value, Headers = headers }, TestContext.Current.CancellationToken);
        return delivered.TopicPartitionOffset;
    }

    /// <summary>Reads so many records of a partition from its beginning on.</summary>
    public static List<ConsumeResult<byte[]?, byte[]?>> Read(string bootstrapServers, string topic, int partition, int count)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "reader" }).SetLogHandler(static (_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, partition, Offset.Beginning));
        var records = new List<ConsumeResult<byte[]?, byte[]?>>();
        while (records.Count < count)
        {
            records.Add(consumer.Consume(Patience) ?? throw new TimeoutException($"Only {records.Count} of {count} records came."));
        }

        return records;
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
    }
}

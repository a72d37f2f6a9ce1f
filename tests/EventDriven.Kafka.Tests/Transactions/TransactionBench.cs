using System.Collections.Concurrent;
using Confluent.Kafka;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Serialization;
using EventDriven.Kafka.Telemetry;
using EventDriven.Kafka.Tests.Producing;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Transactions;

/// <summary>A transactional producer whose clients are fakes, and two producers of text that are called within its transactions.</summary>
internal sealed class TransactionBench : IAsyncDisposable
{
    private readonly ConcurrentQueue<FakeProducer> _made = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<Instruments>().BuildServiceProvider();

    public TransactionBench()
    {
        Shared = new FakeProducer(1_000);
        Client = new ProducerClient("Kafka", (_, _, _) => Shared, Log, TimeProvider.System);
        Orders = Create("orders");
        Totals = Create("totals");
        Producer = new TransactionalProducer(
            "payments",
            () => Settings,
            settings => new TransactionalClient(
                settings,
                (onError, _, _) =>
                {
                    var made = new FakeProducer(1_000) { RaiseError = onError, OnTransaction = call => OnTransaction(_made.Count, call) };
                    _made.Enqueue(made);
                    return made;
                },
                Log,
                TimeProvider.System),
            Ambient,
            TransactionTelemetry.OfProducer(_services.GetRequiredService<Instruments>(), TimeProvider.System, "payments"),
            _services,
            TimeProvider.System,
            Log);
    }

    public static TransactionalClientSettings Settings { get; } = new()
    {
        Subject = "transactional producer 'payments'",
        Cluster = "Kafka",
        Client = new ProducerConfig { TransactionalId = "payments-1" },
        Timeout = TimeSpan.FromSeconds(20),
    };

    public AmbientTransaction Ambient { get; } = new();

    public LogLines Log { get; } = new();

    /// <summary>What is produced outside of transactions goes by this one.</summary>
    public FakeProducer Shared { get; }

    public ProducerClient Client { get; }

    public IEventProducer<string> Orders { get; }

    public IEventProducer<string> Totals { get; }

    public TransactionalProducer Producer { get; }

    /// <summary>What a call about transactions throws, by the number of the client, from 1, and the name of the call.</summary>
    public Func<int, string, Exception?> OnTransaction { get; set; } = static (_, _) => null;

    /// <summary>The transactional clients that were made, oldest first.</summary>
    public IReadOnlyList<FakeProducer> Made => [.. _made];

    public IEventProducer<string> Create(string topic, string cluster = "Kafka", IEventSerializer<string>? serializer = null) => new EventProducer<string>(
        Client,
        new EventKey<string>(),
        serializer ?? Utf8Serializer.Instance,
        null,
        new ProducerFailures(new ProduceTarget(topic, topic, typeof(string)) { Cluster = cluster }, Log, TimeProvider.System),
        TimeProvider.System,
        null,
        Ambient);

    public async ValueTask DisposeAsync()
    {
        await Producer.DisposeAsync();
        await Client.StopAsync(new CancellationToken(canceled: true));
        await _services.DisposeAsync();
    }
}

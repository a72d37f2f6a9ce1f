using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using EventDriven.Kafka.Pipeline;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Producing;

/// <summary>Producers of text over one shared client, whose instances are fakes.</summary>
internal sealed class ProducerBench : IAsyncDisposable
{
    private readonly ConcurrentQueue<FakeProducer> _made = new();
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();

    public ProducerBench(int capacity = 1_000)
    {
        Time.SetUtcNow(new DateTimeOffset(2026, 3, 4, 5, 6, 7, 890, TimeSpan.Zero));
        Client = new ProducerClient(
            "Kafka",
            (onError, _, _) =>
            {
                var made = new FakeProducer(capacity) { RaiseError = onError, Broken = Broken };
                _made.Enqueue(made);
                return made;
            },
            Log,
            Time);
        Producer = Create("orders");
    }

    public FakeTimeProvider Time { get; } = new();

    public LogLines Log { get; } = new();

    public ProducerClient Client { get; }

    public IEventProducer<string> Producer { get; }

    /// <summary>What clients made from now on throw at once.</summary>
    public Confluent.Kafka.Error? Broken { get; set; }

    /// <summary>The clients that were made, oldest first.</summary>
    public IReadOnlyList<FakeProducer> Made => [.. _made];

    public FakeProducer Fake => _made.Last();

    public IEventProducer<string> Create(
        string topic, IEventSerializer<string>? serializer = null, EventKey<string>? key = null, CloudEventHeaders? cloudEvents = null,
        ProducerPipeline? middleware = null) =>
        new EventProducer<string>(
            Client,
            key ?? new EventKey<string, string>(static (string value, [MaybeNullWhen(false)] out string selected) => (selected = value.Split('-')[0]) != "none", Utf8Serializer.Instance),
            serializer ?? Utf8Serializer.Instance,
            cloudEvents,
            new ProducerFailures(new ProduceTarget(topic, topic, typeof(string)), Log, Time),
            Time,
            middleware);

    /// <summary>A producer with middleware, each given as a delegate.</summary>
    public IEventProducer<string> Through(IEventSerializer<string>? serializer, params Func<ProduceContext, ProduceDelegate, ValueTask>[] middleware) =>
        Create("orders", serializer, middleware: Compose(middleware));

    public ProducerPipeline Compose(params Func<ProduceContext, ProduceDelegate, ValueTask>[] middleware) => ProducerPipeline.Compose<string>(
        [.. middleware.Select(static (one, index) => new ProducerMiddlewareDescriptor { Inline = one, Position = index + 1 })], new ServiceLookup(_services, new ServiceCollection()));

    public async ValueTask DisposeAsync()
    {
        await Client.StopAsync(new CancellationToken(canceled: true));
        await _services.DisposeAsync();
    }
}

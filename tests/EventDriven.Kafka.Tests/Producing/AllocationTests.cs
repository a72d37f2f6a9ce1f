using Confluent.Kafka;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.Producing;

/// <summary>Counts the bytes that the process allocates: nothing else may run meanwhile.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int Count = 20_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_event_costs_at_most_a_hundred_bytes_more_than_with_the_raw_client(bool cloudEvents)
    {
        using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", 1);
        await using var host = new ProducerHost(kafka, services => services.AddEventProducer<byte[]>("orders", p =>
        {
            p.KeyedBy(static e => e);
            if (!cloudEvents) p.WithoutCloudEvents();
        }));
        using var raw = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true }).Build();
        var value = new byte[100];

        await Ours(host.Producer<byte[]>(), value);
        await Raw(raw, value, cloudEvents);
        var ours = await Measure(() => Ours(host.Producer<byte[]>(), value));
        var theirs = await Measure(() => Raw(raw, value, cloudEvents));

        Assert.True(ours <= theirs + 100, $"{ours} bytes an event, and {theirs} with the raw client.");
    }

    private static async Task<long> Measure(Func<Task> run)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await run();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / Count;
    }

    private static async Task Ours(IEventProducer<byte[]> producer, byte[] value)
    {
        var left = Count;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Ended(EventDelivery delivery)
        {
            if (Interlocked.Decrement(ref left) == 0) done.SetResult();
        }

        Action<EventDelivery> ended = Ended;
        for (var i = 0; i < Count; i++) await producer.EnqueueAsync(value, ended);
        await done.Task.InTime();
    }

    private static async Task Raw(IProducer<byte[], byte[]> producer, byte[] value, bool cloudEvents)
    {
        var left = Count;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Ended(DeliveryReport<byte[], byte[]> report)
        {
            if (Interlocked.Decrement(ref left) == 0) done.SetResult();
        }

        Action<DeliveryReport<byte[], byte[]>> ended = Ended;
        for (var i = 0; i < Count; i++)
        {
            var message = new Message<byte[], byte[]> { Key = value, Value = value };
            if (cloudEvents)
            {
                var id = new byte[36];
                Guid.CreateVersion7().TryFormat(id, out _);
                message.Headers = new Headers
                {
                    { "ce_id", id }, { "ce_source", value }, { "ce_specversion", value }, { "ce_type", value }, { "ce_time", new byte[28] },
                };
            }

            producer.Produce("orders", message, ended);
        }

        await done.Task.InTime();
    }
}

[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTestsCollection;

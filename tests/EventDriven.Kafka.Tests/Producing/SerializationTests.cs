using System.Diagnostics.CodeAnalysis;
using System.Text;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka.Tests.Producing;

public sealed class SerializationTests
{
    [Fact]
    public async Task Calls_keep_their_order_where_serialization_has_to_wait()
    {
        await using var bench = new ProducerBench();
        var serializer = new SlowSerializer();
        var producer = bench.Create("orders", serializer);
        var calls = new[]
        {
            producer.EnqueueAsync("slow-1", null).AsTask(),
            producer.EnqueueAsync("fast-2", null).AsTask(),
            producer.EnqueueAsync("slow-3", null).AsTask(),
            producer.EnqueueAsync("fast-4", null).AsTask(),
        };

        serializer.Finish("slow-3");
        Assert.Empty(bench.Made);
        serializer.Finish("slow-1");
        await Task.WhenAll(calls).InTime();
        await producer.EnqueueAsync("fast-5", null);

        Assert.Equal(["slow-1", "fast-2", "slow-3", "fast-4", "fast-5"], bench.Fake.Values);
    }

    [Fact]
    public async Task A_call_that_fails_at_once_does_not_let_later_ones_overtake_earlier_ones()
    {
        await using var bench = new ProducerBench();
        var serializer = new SlowSerializer();
        var producer = bench.Create("orders", serializer);
        var first = producer.EnqueueAsync("slow-1", null).AsTask();
        var second = producer.EnqueueAsync("slow-2", null).AsTask();
        var third = producer.EnqueueAsync("fast-3", null).AsTask();

        serializer.Fail("slow-2", new HttpRequestException("registry down"));
        await Assert.ThrowsAsync<EventProduceException>(() => second.InTime());
        Assert.Empty(bench.Made);
        serializer.Finish("slow-1");
        await Task.WhenAll(first, third).InTime();

        Assert.Equal(["slow-1", "fast-3"], bench.Fake.Values);
    }

    [Fact]
    public async Task What_does_not_wait_is_in_the_client_when_the_call_returns()
    {
        await using var bench = new ProducerBench();
        var call = bench.Producer.EnqueueAsync("k-0", null).AsTask();
        Assert.True(call.IsCompletedSuccessfully);
        Assert.Equal(["k-0"], bench.Fake.Values);
    }

    [Fact]
    public async Task A_call_that_fails_to_serialize_lets_the_next_go_on()
    {
        await using var bench = new ProducerBench();
        var serializer = new SlowSerializer();
        var producer = bench.Create("orders", serializer);
        var first = producer.ProduceAsync("slow-1");
        using var cancellation = new CancellationTokenSource();
        var second = producer.ProduceAsync("slow-2", cancellation.Token);
        var third = producer.EnqueueAsync("fast-3", null).AsTask();
        serializer.Fail("slow-1", new HttpRequestException("registry down"));
        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAsync<EventProduceException>(() => first.InTime());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.InTime());
        await third.InTime();

        Assert.Equal(ProduceFailureReason.Serialization, error.Reason);
        Assert.IsType<HttpRequestException>(error.InnerException);
        Assert.Equal(["fast-3"], bench.Fake.Values);
        bench.Fake.ReportAll();
        await producer.FlushAsync().InTime();
    }

    [Fact]
    public async Task A_serializer_that_throws_or_returns_null_is_told_and_sends_nothing()
    {
        await using var bench = new ProducerBench();
        foreach (var serializer in new IEventSerializer<string>[] { new Broken(static () => throw new FormatException("no")), new Broken(static () => null) })
        {
            var producer = bench.Create("orders", serializer);
            Assert.Equal(ProduceFailureReason.Serialization, (await Assert.ThrowsAsync<EventProduceException>(() => producer.ProduceAsync("k-1"))).Reason);
            Assert.Equal(ProduceFailureReason.Serialization, (await Assert.ThrowsAsync<EventProduceException>(() => producer.EnqueueAsync("k-1", null).AsTask())).Reason);
            await producer.FlushAsync().InTime();
        }

        Assert.Empty(bench.Made);
    }

    [Fact]
    public async Task A_selector_that_throws_is_told_and_one_that_selects_nothing_gives_no_key()
    {
        await using var bench = new ProducerBench();
        var throwing = bench.Create("orders", key: new EventKey<string, string>(
            static (string _, [MaybeNullWhen(false)] out string _) => throw new InvalidOperationException("no key"), Utf8Serializer.Instance));

        var error = await Assert.ThrowsAsync<EventProduceException>(() => throwing.ProduceAsync("k-1"));
        await bench.Producer.EnqueueAsync("none-1", null);
        await bench.Producer.EnqueueAsync("-2", null);

        Assert.Equal(ProduceFailureReason.Serialization, error.Reason);
        Assert.Contains("key selector", error.Message, StringComparison.Ordinal);
        Assert.Null(bench.Fake.Records[0].Key);
        Assert.Empty(bench.Fake.Records[1].Key!);
    }

    [Fact]
    public async Task A_tombstone_has_the_key_and_no_value()
    {
        await using var bench = new ProducerBench();
        var call = bench.Producer.ProduceTombstoneAsync("k", new ProduceOptions { Partition = 2 });
        bench.Fake.ReportAll();
        await call.InTime();

        var record = Assert.Single(bench.Fake.Records);
        Assert.Equal("k"u8.ToArray(), record.Key);
        Assert.Null(record.ValueBytes);
        Assert.Equal(2, record.Destination.Partition.Value);
    }

    [Fact]
    public async Task A_tombstone_needs_a_key_of_the_type_that_the_producer_has()
    {
        await using var bench = new ProducerBench();

        Assert.Contains("Int32", (await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Producer.ProduceTombstoneAsync(17))).Message, StringComparison.Ordinal);
        var unkeyed = bench.Create("orders", key: new EventKey<string>());
        Assert.Contains("KeyedBy", (await Assert.ThrowsAsync<InvalidOperationException>(() => unkeyed.ProduceTombstoneAsync("k"))).Message, StringComparison.Ordinal);
        await bench.Producer.FlushAsync().InTime();
    }

    [Fact]
    public async Task Null_events_and_impossible_options_are_refused()
    {
        await using var bench = new ProducerBench();
        await Assert.ThrowsAsync<ArgumentNullException>(() => bench.Producer.ProduceAsync(null!));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => bench.Producer.ProduceAsync("k", new ProduceOptions { Partition = -1 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => bench.Producer.ProduceAsync("k", new ProduceOptions { Timestamp = DateTimeOffset.UnixEpoch }));
        await bench.Producer.FlushAsync().InTime();
        Assert.Empty(bench.Made);
    }

    private sealed class Broken(Func<byte[]?> result) : IEventSerializer<string>
    {
        public string? ContentType => null;

        public ValueTask<byte[]> SerializeAsync(string value, EventSerializationContext context, CancellationToken cancellationToken) => new(result()!);

        public ValueTask<string> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}

using Confluent.Kafka;

namespace EventDriven.Kafka.Tests.Producing;

public sealed class FatalErrorTests
{
    private static readonly Error Fatal = new(ErrorCode.OutOfOrderSequenceNumber, "out of order", isFatal: true);

    [Fact]
    public async Task Later_events_go_to_a_new_client_and_those_under_way_fail_with_the_reason()
    {
        await using var bench = new ProducerBench();
        var first = bench.Producer.ProduceAsync("k-0");
        var second = bench.Producer.ProduceAsync("k-1");
        var old = bench.Fake;
        old.Report();
        await first.InTime();
        old.Raise(Fatal);
        old.Raise(Fatal);
        await Await.Until(() => bench.Log.Count(3020) > 0);

        var third = bench.Producer.ProduceAsync("k-2");
        Assert.Equal(2, bench.Made.Count);
        bench.Fake.Report();
        await third.InTime();
        old.Report(ErrorCode.OutOfOrderSequenceNumber, PersistenceStatus.PossiblyPersisted, fatal: true);

        var error = await Assert.ThrowsAsync<EventProduceException>(() => second.InTime());
        Assert.True(error.MayHaveBeenDelivered);
        Assert.Contains("OutOfOrderSequenceNumber", error.Message, StringComparison.Ordinal);
        await Await.Until(() => old.IsDisposed);
        Assert.Equal(["k-2"], bench.Fake.Values);
        Assert.Equal(1, bench.Log.Count(3020));
    }

    [Fact]
    public async Task The_call_that_meets_the_fatal_error_goes_to_the_new_client()
    {
        await using var bench = new ProducerBench();
        await bench.Producer.EnqueueAsync("k-0", null);
        var old = bench.Fake;
        old.Broken = Fatal;

        await bench.Producer.EnqueueAsync("k-1", null);

        Assert.NotSame(old, bench.Fake);
        Assert.Equal(["k-1"], bench.Fake.Values);
    }

    [Fact]
    public async Task Those_in_line_go_to_the_new_client_in_their_order()
    {
        await using var bench = new ProducerBench(capacity: 1);
        await bench.Producer.EnqueueAsync("k-0", null);
        var old = bench.Fake;
        var waiting = new[] { bench.Producer.EnqueueAsync("k-1", null).AsTask(), bench.Producer.EnqueueAsync("k-2", null).AsTask() };
        old.Broken = Fatal;
        old.Raise(Fatal);

        await waiting[0].InTime();
        await bench.Fake.Arrive();
        bench.Fake.Report();
        await waiting[1].InTime();

        Assert.Equal(2, bench.Made.Count);
        Assert.Equal(["k-1", "k-2"], bench.Fake.Values);
    }

    [Fact]
    public async Task A_client_that_keeps_failing_is_made_again_only_after_growing_pauses()
    {
        await using var bench = new ProducerBench();
        bench.Broken = new Error(ErrorCode.ClusterAuthorizationFailed, "no", isFatal: true);

        // One, and one more at once; then the pause.
        var error = await Assert.ThrowsAsync<EventProduceException>(() => bench.Producer.ProduceAsync("k-0"));
        Assert.Equal(ProduceFailureReason.NotAuthorized, error.Reason);
        Assert.Equal(2, bench.Made.Count);
        for (var i = 0; i < 10; i++) await Assert.ThrowsAsync<EventProduceException>(() => bench.Producer.ProduceAsync("k-0"));
        Assert.Equal(2, bench.Made.Count);

        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<EventProduceException>(() => bench.Producer.ProduceAsync("k-0"));
        Assert.Equal(3, bench.Made.Count);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<EventProduceException>(() => bench.Producer.ProduceAsync("k-0"));
        Assert.Equal(3, bench.Made.Count);

        bench.Broken = null;
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        await bench.Producer.EnqueueAsync("k-1", null);
        Assert.Equal(4, bench.Made.Count);
    }

    [Fact]
    public async Task A_client_that_cannot_be_made_is_told_to_the_caller()
    {
        var client = new EventDriven.Kafka.Producing.ProducerClient(
            "Kafka", static (_, _, _) => throw new InvalidOperationException("No such setting."), new LogLines(), TimeProvider.System);
        var target = new EventDriven.Kafka.Producing.ProduceTarget("orders", "orders", typeof(string));
        var producer = new EventDriven.Kafka.Producing.EventProducer<string>(
            client,
            new EventDriven.Kafka.Producing.EventKey<string>(),
            EventDriven.Kafka.Serialization.Utf8Serializer.Instance,
            null,
            new EventDriven.Kafka.Producing.ProducerFailures(target, new LogLines(), TimeProvider.System),
            TimeProvider.System);

        var error = await Assert.ThrowsAsync<EventProduceException>(() => producer.ProduceAsync("k", null, CancellationToken.None));

        Assert.Contains("No such setting.", error.Message, StringComparison.Ordinal);
        Assert.Empty(await client.StopAsync(CancellationToken.None).InTime());
    }
}

namespace EventDriven.Kafka.Tests.Producing;

/// <summary>Several events in one call: order, receipts and failures by index.</summary>
public sealed class BatchTests
{
    [Fact]
    public async Task Receipts_come_in_the_order_of_the_batch_and_events_are_sent_in_it()
    {
        await using var bench = new ProducerBench();
        string[] events = ["a-1", "b-1", "a-2", "b-2", "a-3"];

        var call = bench.Producer.ProduceBatchAsync(events, new ProduceOptions { Headers = new EventHeaders().Add("h", "1") });
        Assert.False(call.IsCompleted);
        bench.Fake.ReportAll();

        var receipts = await call.InTime();
        Assert.Equal(events, bench.Fake.Values);
        Assert.Equal([0, 1, 2, 3, 4], receipts.Select(static receipt => receipt.Offset));
        Assert.All(bench.Fake.Records, static record => Assert.Equal("h", Assert.Single(record.Headers).Key));
    }

    [Fact]
    public async Task Each_failure_is_told_by_its_index_and_the_others_by_their_receipts()
    {
        await using var bench = new ProducerBench();
        var serializer = new SlowSerializer();
        serializer.Fail("slow-1", new FormatException("bad"));
        var producer = bench.Create("orders", serializer);

        var call = producer.ProduceBatchAsync(["fast-0", "slow-1", "fast-2", "fast-3"]);
        await Await.Until(() => bench.Made.Count == 1);
        await bench.Fake.Arrive(3);
        bench.Fake.Report();
        bench.Fake.Report(Confluent.Kafka.ErrorCode.MsgSizeTooLarge, Confluent.Kafka.PersistenceStatus.NotPersisted);
        bench.Fake.Report();

        var error = await Assert.ThrowsAsync<EventBatchProduceException>(() => call.InTime());
        Assert.Equal([1, 2], error.Failures.Select(static failure => failure.Index));
        Assert.Equal(
            [ProduceFailureReason.Serialization, ProduceFailureReason.TooLarge], error.Failures.Select(static failure => Assert.IsType<EventProduceException>(failure.Error).Reason));
        Assert.Equal([0L, null, null, 2L], error.Receipts.Select(static receipt => receipt?.Offset));
        Assert.StartsWith("2 of 4 events of a batch were not produced; the others were. The first, at index 1: ", error.Message, StringComparison.Ordinal);
        Assert.Same(error.Failures[0].Error, error.InnerException);

        // They were told here, and not to the next flush.
        await producer.FlushAsync().InTime();
    }

    [Fact]
    public async Task What_a_middleware_throws_is_a_failure_of_its_event()
    {
        await using var bench = new ProducerBench();
        var count = 0;
        var producer = bench.Through(null, (context, next) => count++ == 1 ? throw new UnauthorizedAccessException() : next(context));

        var call = producer.ProduceBatchAsync(["k-0", "k-1", "k-2"]);
        bench.Fake.ReportAll();

        var error = await Assert.ThrowsAsync<EventBatchProduceException>(() => call.InTime());
        Assert.IsType<UnauthorizedAccessException>(Assert.Single(error.Failures).Error);
        Assert.Equal(["k-0", "k-2"], bench.Fake.Values);
    }

    [Fact]
    public async Task A_batch_larger_than_the_queue_waits_for_room_in_order()
    {
        await using var bench = new ProducerBench(capacity: 2);
        var events = Enumerable.Range(0, 20).Select(static i => $"k-{i}").ToArray();

        var call = bench.Producer.ProduceBatchAsync(events);
        for (var i = 0; i < events.Length; i++)
        {
            await bench.Fake.Arrive();
            bench.Fake.Report();
        }

        Assert.Equal(20, (await call.InTime()).Count);
        Assert.Equal(events, bench.Fake.Values);
    }

    [Fact]
    public async Task Cancelling_stops_the_waiting_and_what_waits_for_room_is_not_sent()
    {
        await using var bench = new ProducerBench(capacity: 1);
        using var cancellation = new CancellationTokenSource();

        var call = bench.Producer.ProduceBatchAsync(["k-0", "k-1"], cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.InTime());
        bench.Fake.Report();
        await bench.Producer.FlushAsync().InTime();
        Assert.Equal(["k-0"], bench.Fake.Values);
    }

    [Fact]
    public async Task No_events_are_a_batch_and_null_is_no_event()
    {
        await using var bench = new ProducerBench();

        Assert.Empty(await bench.Producer.ProduceBatchAsync([]));
        var error = await Assert.ThrowsAsync<ArgumentException>(() => bench.Producer.ProduceBatchAsync(["k-0", null!]));
        Assert.Contains("The event at index 1 is null", error.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Made);
    }
}

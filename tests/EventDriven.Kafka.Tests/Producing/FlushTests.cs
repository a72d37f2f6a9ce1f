using Confluent.Kafka;

namespace EventDriven.Kafka.Tests.Producing;

public sealed class FlushTests
{
    [Fact]
    public async Task A_flush_waits_for_what_was_produced_before_it_and_for_nothing_later()
    {
        await using var bench = new ProducerBench();
        await bench.Producer.EnqueueAsync("k-0", null);
        await bench.Producer.EnqueueAsync("k-1", null);
        var flush = bench.Producer.FlushAsync();
        await bench.Producer.EnqueueAsync("k-2", null);
        bench.Fake.Report();
        Assert.False(flush.IsCompleted);
        bench.Fake.Report();

        await flush.InTime();

        var second = bench.Producer.FlushAsync();
        Assert.False(second.IsCompleted);
        bench.Fake.Report();
        await second.InTime();
    }

    [Fact]
    public async Task A_later_flush_waits_for_what_an_earlier_one_still_waits_for()
    {
        await using var bench = new ProducerBench();
        await bench.Producer.EnqueueAsync("k-0", null);
        using var cancellation = new CancellationTokenSource();
        var first = bench.Producer.FlushAsync(cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(first.InTime);

        var second = bench.Producer.FlushAsync();
        Assert.False(second.IsCompleted);
        bench.Fake.Report();
        await second.InTime();
    }

    [Fact]
    public async Task A_flush_waits_until_callbacks_have_returned()
    {
        await using var bench = new ProducerBench();
        using var mayReturn = new SemaphoreSlim(0);
        var entered = new TaskCompletionSource();
        var returned = false;
        await bench.Producer.EnqueueAsync("k-0", _ =>
        {
            entered.SetResult();
            Assert.True(mayReturn.Wait(Patience.Limit));
            returned = true;
        });
        bench.Fake.Report();
        await entered.Task.InTime();
        var flush = bench.Producer.FlushAsync();
        Assert.False(flush.IsCompleted);
        mayReturn.Release();

        await flush.InTime();

        Assert.True(returned);
    }

    [Fact]
    public async Task A_flush_waits_for_a_call_that_still_serializes()
    {
        await using var bench = new ProducerBench();
        var serializer = new SlowSerializer();
        var producer = bench.Create("orders", serializer);
        var call = producer.ProduceAsync("k-0");
        var flush = producer.FlushAsync();
        Assert.False(flush.IsCompleted);
        serializer.Finish("k-0");
        await Await.Until(() => bench.Made.Count == 1 && bench.Fake.Records.Count == 1);
        Assert.False(flush.IsCompleted);
        bench.Fake.Report();

        await flush.InTime();
        await call.InTime();
    }

    [Fact]
    public async Task A_flush_makes_the_client_send_without_lingering()
    {
        await using var bench = new ProducerBench();
        await bench.Producer.EnqueueAsync("k-0", null);
        Assert.Equal(0, bench.Fake.Flushes);
        var flush = bench.Producer.FlushAsync();
        await Await.Until(() => bench.Fake.Flushes > 0);
        bench.Fake.Report();
        await flush.InTime();
    }

    [Fact]
    public async Task A_flush_counts_the_failures_that_nobody_was_told_and_counts_them_once()
    {
        await using var bench = new ProducerBench();
        await bench.Producer.EnqueueAsync("k-0", null);
        await bench.Producer.EnqueueAsync("k-1", null);
        await bench.Producer.EnqueueAsync("k-2", static _ => { });
        await bench.Producer.EnqueueAsync("k-3", null);
        bench.Fake.Report();
        for (var i = 0; i < 3; i++) bench.Fake.Report(ErrorCode.MsgSizeTooLarge, PersistenceStatus.NotPersisted);

        var error = await Assert.ThrowsAsync<EventProduceException>(() => bench.Producer.FlushAsync().InTime());

        Assert.Equal((ProduceFailureReason.NotDelivered, 2L, "orders"), (error.Reason, error.Count, error.Topic));
        await bench.Producer.FlushAsync().InTime();
        Assert.Equal(1, bench.Log.Count(3001));
    }

    [Fact]
    public async Task A_flush_of_one_producer_does_not_wait_for_another_of_the_same_client()
    {
        await using var bench = new ProducerBench();
        await bench.Create("payments").EnqueueAsync("p-0", null);

        await bench.Producer.FlushAsync().InTime();
    }
}

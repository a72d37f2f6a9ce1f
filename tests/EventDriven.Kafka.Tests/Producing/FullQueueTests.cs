namespace EventDriven.Kafka.Tests.Producing;

public sealed class FullQueueTests
{
    [Fact]
    public async Task Calls_wait_for_room_and_keep_their_order()
    {
        await using var bench = new ProducerBench(capacity: 2);
        var calls = Enumerable.Range(0, 20).Select(i => bench.Producer.EnqueueAsync($"k-{i}", null).AsTask()).ToArray();
        var fake = bench.Fake;
        Assert.Equal(["k-0", "k-1"], fake.Values);
        Assert.True(calls[0].IsCompletedSuccessfully && calls[1].IsCompletedSuccessfully);
        Assert.False(calls[2].IsCompleted);

        await fake.Arrive(2);
        for (var i = 2; i < 20; i++)
        {
            fake.Report();
            await fake.Arrive();
            await calls[i].InTime();
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"k-{i}"), fake.Values);
    }

    [Fact]
    public async Task A_later_call_does_not_overtake_those_that_wait_although_there_is_room_again()
    {
        await using var bench = new ProducerBench(capacity: 1);
        await bench.Producer.EnqueueAsync("k-0", null);
        await bench.Fake.Arrive();
        var later = new List<Task>();
        for (var i = 1; i < 200; i++)
        {
            later.Add(bench.Producer.EnqueueAsync($"k-{i}", null).AsTask());
            if (i % 3 == 0)
            {
                bench.Fake.Report();
                await bench.Fake.Arrive();
            }
        }

        while (bench.Fake.Records.Count < 200)
        {
            bench.Fake.Report();
            await bench.Fake.Arrive();
        }

        await Task.WhenAll(later).InTime();
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"k-{i}"), bench.Fake.Values);
    }

    [Fact]
    public async Task Room_made_by_another_producer_of_the_same_client_is_enough()
    {
        await using var bench = new ProducerBench(capacity: 1);
        var other = bench.Create("payments");
        await other.EnqueueAsync("p-1", null);
        var waiting = bench.Producer.EnqueueAsync("k-1", null);
        Assert.False(waiting.IsCompleted);

        bench.Fake.Report();
        await waiting.InTime();

        Assert.Equal(["payments", "orders"], bench.Fake.Records.Select(static record => record.Destination.Topic));
    }

    [Fact]
    public async Task An_event_that_waits_and_tries_to_get_room_in_the_client_is_counted_once()
    {
        await using var bench = new ProducerBench(capacity: 1);
        await bench.Producer.EnqueueAsync("k-0", null);
        var waiting = bench.Producer.EnqueueAsync("k-1", null).AsTask();
        using var trying = new ManualResetEventSlim();
        using var refuse = new ManualResetEventSlim();
        bench.Fake.WhenFull = () =>
        {
            trying.Set();
            refuse.Wait();
        };
        Assert.True(trying.Wait(Patience.Limit, TestContext.Current.CancellationToken));

        (long, long) counted = default;
        var reader = new Thread(() => counted = bench.Client.Read() is var read ? (read.InFlight, read.Waiting) : default);
        reader.Start();
        Assert.True(SpinWait.SpinUntil(() => reader.ThreadState is ThreadState.WaitSleepJoin or ThreadState.Stopped, Patience.Limit));
        bench.Fake.WhenFull = null;
        refuse.Set();
        reader.Join();

        Assert.Equal((1, 1), counted);
        bench.Fake.Report();
        await waiting.InTime();
    }

    [Fact]
    public async Task A_cancelled_enqueue_leaves_the_line_and_is_never_sent()
    {
        await using var bench = new ProducerBench(capacity: 1);
        using var cancellation = new CancellationTokenSource();
        await bench.Producer.EnqueueAsync("k-0", null);
        var called = false;
        var cancelled = bench.Producer.EnqueueAsync("k-1", _ => called = true, null, cancellation.Token).AsTask();
        var next = bench.Producer.EnqueueAsync("k-2", null).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(cancelled.InTime);
        bench.Fake.Report();
        await next.InTime();
        bench.Fake.Report();
        await bench.Producer.FlushAsync().InTime();

        Assert.Equal(["k-0", "k-2"], bench.Fake.Values);
        Assert.False(called);
    }

    [Fact]
    public async Task A_cancelled_produce_keeps_its_place_and_is_sent()
    {
        await using var bench = new ProducerBench(capacity: 1);
        using var cancellation = new CancellationTokenSource();
        await bench.Producer.EnqueueAsync("k-0", null);
        var cancelled = bench.Producer.ProduceAsync("k-1", null, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(cancelled.InTime);

        await bench.Fake.Arrive();
        bench.Fake.Report();
        await bench.Fake.Arrive();
        bench.Fake.Report();
        await bench.Producer.FlushAsync().InTime();

        Assert.Equal(["k-0", "k-1"], bench.Fake.Values);
    }

    [Fact]
    public async Task An_event_that_no_empty_queue_could_hold_is_too_large_and_holds_nobody_up()
    {
        await using var bench = new ProducerBench();
        // The client has nothing under way, and says that it is full all the same: first to the call, then to the line, then to the thread.
        await bench.Producer.EnqueueAsync("k-0", null);
        bench.Fake.Report();
        await bench.Producer.FlushAsync().InTime();
        for (var i = 0; i < 3; i++) bench.Fake.Refusals.Enqueue(new Confluent.Kafka.Error(Confluent.Kafka.ErrorCode.Local_QueueFull));

        var error = await Assert.ThrowsAsync<EventProduceException>(() => bench.Producer.ProduceAsync("k-huge", null).InTime());

        Assert.Equal(ProduceFailureReason.TooLarge, error.Reason);
        Assert.False(error.MayHaveBeenDelivered);
        await bench.Producer.EnqueueAsync("k-1", null).InTime();
        Assert.Equal(["k-0", "k-1"], bench.Fake.Values);
    }

    [Fact]
    public async Task A_refusal_in_the_line_comes_to_its_own_call_and_the_next_goes_on()
    {
        await using var bench = new ProducerBench(capacity: 1);
        await bench.Producer.EnqueueAsync("k-0", null);
        var first = bench.Producer.EnqueueAsync("k-1", static _ => Assert.Fail("No callback after an exception.")).AsTask();
        var second = bench.Producer.ProduceAsync("k-2", null);
        var third = bench.Producer.EnqueueAsync("k-3", null).AsTask();
        bench.Fake.Refusals.Enqueue(new Confluent.Kafka.Error(Confluent.Kafka.ErrorCode.MsgSizeTooLarge));
        bench.Fake.Refusals.Enqueue(new Confluent.Kafka.Error(Confluent.Kafka.ErrorCode.Local_UnknownPartition));
        bench.Fake.Report();

        Assert.Equal(ProduceFailureReason.TooLarge, (await Assert.ThrowsAsync<EventProduceException>(first.InTime)).Reason);
        Assert.Equal(ProduceFailureReason.UnknownTopicOrPartition, (await Assert.ThrowsAsync<EventProduceException>(second.InTime)).Reason);
        await third.InTime();
        Assert.Equal(["k-0", "k-3"], bench.Fake.Values);
    }

    [Fact]
    public async Task Many_threads_and_a_small_queue_lose_nothing_and_keep_the_order_of_each_thread()
    {
        await using var bench = new ProducerBench(capacity: 7);
        await bench.Producer.EnqueueAsync("start-0", null);
        var fake = bench.Fake;
        var reporting = Task.Run(async () =>
        {
            for (var i = 0; i < 4_001; i++)
            {
                await fake.Arrive();
                fake.Report();
            }
        });
        var completed = 0;
        var threads = Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                var call = bench.Producer.EnqueueAsync($"{thread}-{i}", delivery => Interlocked.Add(ref completed, delivery.Succeeded ? 1 : 0));
                // Half of them do not even wait: their order counts all the same.
                if (i % 2 == 0) await call;
            }
        }));

        await Task.WhenAll(threads).InTime();
        await reporting.InTime();
        await bench.Producer.FlushAsync().InTime();

        Assert.Equal(4_000, completed);
        foreach (var thread in Enumerable.Range(0, 4))
        {
            Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"{thread}-{i}"), fake.Values.Where(value => value.StartsWith($"{thread}-", StringComparison.Ordinal)));
        }
    }
}

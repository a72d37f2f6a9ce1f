using Confluent.Kafka;

namespace EventDriven.Kafka.Tests.Producing;

public sealed class DeliveryTests
{
    [Fact]
    public async Task A_receipt_tells_where_the_event_is()
    {
        await using var bench = new ProducerBench();
        var call = bench.Producer.ProduceAsync("k-1", new ProduceOptions { Partition = 3 });
        Assert.False(call.IsCompleted);
        bench.Fake.Report();

        var receipt = await call.InTime();

        Assert.Equal(new EventReceipt { Topic = "orders", Partition = 3, Offset = 0, Timestamp = bench.Time.GetUtcNow() }, receipt);
    }

    [Fact]
    public async Task The_continuation_of_the_caller_never_runs_on_the_thread_of_the_client()
    {
        await using var bench = new ProducerBench();
        Thread? client = null;
        Thread? caller = null;
        await bench.Producer.EnqueueAsync("k-0", _ => client = Thread.CurrentThread);
        var continued = bench.Producer.ProduceAsync("k-1").ContinueWith(
            _ => caller = Thread.CurrentThread, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        bench.Fake.ReportAll();

        await continued.InTime();

        Assert.NotNull(client);
        Assert.NotSame(client, caller);
    }

    [Fact]
    public async Task A_callback_is_called_once_with_the_receipt_or_with_the_error()
    {
        await using var bench = new ProducerBench();
        var deliveries = new List<EventDelivery>();
        await bench.Producer.EnqueueAsync("k-0", deliveries.Add);
        await bench.Producer.EnqueueAsync("k-1", deliveries.Add);
        bench.Fake.Report();
        bench.Fake.Report(ErrorCode.Local_MsgTimedOut, PersistenceStatus.PossiblyPersisted);
        await bench.Producer.FlushAsync().InTime();

        Assert.Equal(2, deliveries.Count);
        Assert.True(deliveries[0].Succeeded);
        Assert.Equal("orders", deliveries[0].Receipt.Topic);
        Assert.False(deliveries[1].Succeeded);
        Assert.Equal(ProduceFailureReason.TimedOut, deliveries[1].Error!.Reason);
        Assert.True(deliveries[1].Error!.MayHaveBeenDelivered);
    }

    [Fact]
    public async Task Callbacks_that_throw_harm_nobody_and_are_logged_once_a_minute()
    {
        await using var bench = new ProducerBench();
        for (var i = 0; i < 5; i++) await bench.Producer.EnqueueAsync($"k-{i}", static _ => throw new InvalidOperationException("mine"));
        bench.Fake.ReportAll();
        await bench.Producer.FlushAsync().InTime();
        Assert.Equal(1, bench.Log.Count(3002));

        bench.Time.Advance(TimeSpan.FromMinutes(1));
        var call = bench.Producer.EnqueueAsync("k-5", static _ => throw new InvalidOperationException("mine"));
        bench.Fake.ReportAll();
        await call.InTime();
        await bench.Producer.FlushAsync().InTime();
        Assert.Equal(2, bench.Log.Count(3002));
        Assert.Contains("4 more", bench.Log.All.Last(static line => line.Id == 3002).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_stops_the_waiting_and_not_the_sending()
    {
        await using var bench = new ProducerBench();
        using var cancellation = new CancellationTokenSource();
        var call = bench.Producer.ProduceAsync("k-1", cancellation.Token);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(call.InTime);
        Assert.Equal(["k-1"], bench.Fake.Values);
        bench.Fake.Report();
        await bench.Producer.FlushAsync().InTime();
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_sends_nothing()
    {
        await using var bench = new ProducerBench();
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Producer.ProduceAsync("k-1", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Producer.EnqueueAsync("k-1", null, null, cancelled).AsTask());

        Assert.Empty(bench.Made);
        await bench.Producer.FlushAsync().InTime();
    }

    [Fact]
    public async Task A_failure_that_a_cancelled_caller_does_not_see_comes_with_the_flush()
    {
        await using var bench = new ProducerBench();
        using var cancellation = new CancellationTokenSource();
        var call = bench.Producer.ProduceAsync("k-1", cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(call.InTime);
        bench.Fake.Report(ErrorCode.TopicAuthorizationFailed, PersistenceStatus.NotPersisted);

        var error = await Assert.ThrowsAsync<EventProduceException>(() => bench.Producer.FlushAsync().InTime());

        Assert.Equal(1, error.Count);
        Assert.Equal(1, bench.Log.Count(3001));
    }

    [Theory]
    [InlineData(ErrorCode.MsgSizeTooLarge, ProduceFailureReason.TooLarge)]
    [InlineData(ErrorCode.UnknownTopicOrPart, ProduceFailureReason.UnknownTopicOrPartition)]
    [InlineData(ErrorCode.Local_UnknownTopic, ProduceFailureReason.UnknownTopicOrPartition)]
    [InlineData(ErrorCode.TopicAuthorizationFailed, ProduceFailureReason.NotAuthorized)]
    [InlineData(ErrorCode.ClusterAuthorizationFailed, ProduceFailureReason.NotAuthorized)]
    [InlineData(ErrorCode.Local_MsgTimedOut, ProduceFailureReason.TimedOut)]
    [InlineData(ErrorCode.InvalidRecord, ProduceFailureReason.Other)]
    public async Task An_error_of_the_broker_comes_typed_and_names_topic_and_event_type(ErrorCode code, ProduceFailureReason reason)
    {
        await using var bench = new ProducerBench();
        var call = bench.Producer.ProduceAsync("k-secret");
        bench.Fake.Report(code, PersistenceStatus.NotPersisted);

        var error = await Assert.ThrowsAsync<EventProduceException>(() => call.InTime());

        Assert.Equal((reason, "orders", typeof(string), false), (error.Reason, error.Topic, error.EventType, error.MayHaveBeenDelivered));
        Assert.Contains("'orders'", error.Message, StringComparison.Ordinal);
        Assert.Contains("String", error.Message, StringComparison.Ordinal);
        Assert.Contains("It was not delivered.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(code, Assert.IsAssignableFrom<KafkaException>(error.InnerException).Error.Code);
    }

    [Theory]
    [InlineData(ErrorCode.TopicAuthorizationFailed, ProduceFailureReason.NotAuthorized)]
    [InlineData(ErrorCode.Local_UnknownTopic, ProduceFailureReason.UnknownTopicOrPartition)]
    public async Task An_error_that_the_client_throws_is_typed_as_one_that_it_reports(ErrorCode code, ProduceFailureReason reason)
    {
        await using var bench = new ProducerBench();
        await bench.Producer.EnqueueAsync("k-0", null);
        bench.Fake.ReportAll();
        bench.Fake.Refusals.Enqueue(new Error(code));

        var error = await Assert.ThrowsAsync<EventProduceException>(() => bench.Producer.ProduceAsync("k-1"));

        Assert.Equal((reason, typeof(string), false), (error.Reason, error.EventType, error.MayHaveBeenDelivered));
        Assert.Equal(code, Assert.IsAssignableFrom<KafkaException>(error.InnerException).Error.Code);
    }

    [Fact]
    public async Task A_refusal_of_the_client_comes_to_the_caller_and_leaves_nothing_behind()
    {
        await using var bench = new ProducerBench();
        await bench.Producer.EnqueueAsync("k-0", null);
        bench.Fake.ReportAll();
        bench.Fake.Refusals.Enqueue(new Error(ErrorCode.MsgSizeTooLarge));
        bench.Fake.Refusals.Enqueue(new Error(ErrorCode.MsgSizeTooLarge));

        Assert.Equal(ProduceFailureReason.TooLarge, (await Assert.ThrowsAsync<EventProduceException>(() => bench.Producer.ProduceAsync("k-1"))).Reason);
        Assert.Equal(
            ProduceFailureReason.TooLarge,
            (await Assert.ThrowsAsync<EventProduceException>(() => bench.Producer.EnqueueAsync("k-2", static _ => Assert.Fail("No callback.")).AsTask())).Reason);
        await bench.Producer.FlushAsync().InTime();
    }
}

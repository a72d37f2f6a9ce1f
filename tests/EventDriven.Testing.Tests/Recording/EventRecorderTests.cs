using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Testing.Tests.Recording;

/// <summary>What a recorder shows of a running service.</summary>
public sealed class EventRecorderTests
{
    [Fact]
    public async Task What_a_consumer_made_of_each_event_is_recorded()
    {
        var failing = true;
        await using var test = await TestHost.StartAsync(services => services.AddEventConsumer("orders", "inventory", c => c
            .InKeyOrder(4)
            .Use((context, next) =>
            {
                if (context.Headers.GetText("test-traffic") is null) return next(context);

                context.Filter("test traffic");
                return ValueTask.CompletedTask;
            })
            .Handle((OrderPlaced order, EventContext context, CancellationToken _) => order.Step switch
            {
                2 when context.Attempt == 1 => throw new TimeoutException("once"),
                3 when Volatile.Read(ref failing) => throw new InvalidDataException("always"),
                _ => ValueTask.CompletedTask,
            })
            .OnFailure(f => f.Retry(1, TimeSpan.Zero))));
        await test.ProduceAsync("A", 1);
        await test.ProduceAsync("B", 2);
        await test.ProduceAsync("C", 0, new ProduceOptions { Headers = new EventHeaders().Add("test-traffic", "yes") });
        foreach (var orderId in new[] { "A", "B", "C" }) await test.Events.WaitUntilConsumedAsync("inventory", (OrderPlaced order) => order.OrderId == orderId, test.Patience);
        await test.ProduceAsync("D", 3);

        var failed = await test.Events.WaitUntilConsumedAsync("inventory", (OrderPlaced order) => order.OrderId == "D", test.Patience);

        Assert.Equal((EventOutcome.Failed, 2, 3L, "D"), (failed.Outcome, failed.Attempts, failed.Offset, failed.KeyText));
        Assert.IsType<InvalidDataException>(failed.Error);
        var consumed = test.Events.Consumed("inventory");
        var handled = consumed.ExpectOne((OrderPlaced order) => order.Step == 1);
        Assert.Equal((EventOutcome.Handled, 1, "inventory"), (handled.Outcome, handled.Attempts, handled.Consumer));
        Assert.Null(handled.Error);
        Assert.Equal(2, consumed.ExpectOne((OrderPlaced order) => order.Step == 2).Attempts);
        var filtered = consumed.ExpectOne((OrderPlaced order) => order.OrderId == "C");
        Assert.Equal(EventOutcome.Filtered, filtered.Outcome);
        Assert.Equal("yes", filtered.Headers.GetText("test-traffic"));

        Volatile.Write(ref failing, false);
        test.Host.Services.GetRequiredKeyedService<IEventConsumerControl>("inventory").Retry();
        await test.Host.Services.WaitUntilCaughtUpAsync("inventory", test.Patience);
        Assert.Equal([EventOutcome.Failed, EventOutcome.Handled], test.Events.Consumed("inventory").Where(one => one.Offset == 3).Select(one => one.Outcome));
    }

    [Fact]
    public async Task Each_event_of_a_batch_is_recorded_once_with_its_own_outcome()
    {
        await using var test = await TestHost.StartAsync(static services => services.AddEventConsumer("orders", "inventory", static c => c
            .HandleBatch(3, TimeSpan.FromMinutes(1), static (IReadOnlyList<ReceivedEvent<OrderPlaced>> orders, CancellationToken _) =>
                orders.Count == 3 ? throw new BatchFailedException(1, new TimeoutException("once")) : ValueTask.CompletedTask)
            .OnFailure(static f => f.Retry(1, TimeSpan.Zero))));
        foreach (var step in new[] { 1, 2, 3 }) await test.ProduceAsync("A", step);

        // The third goes with the next batch, which two more make full.
        foreach (var step in new[] { 4, 5 }) await test.ProduceAsync("A", step);
        await test.Events.WaitUntilConsumedAsync("inventory", static (OrderPlaced order) => order.Step == 2, test.Patience);

        var consumed = test.Events.Consumed("inventory");
        Assert.Equal((EventOutcome.Handled, 1), (consumed.ExpectOne(static (OrderPlaced order) => order.Step == 1).Outcome, consumed.ExpectOne(static (OrderPlaced order) => order.Step == 1).Attempts));
        Assert.Equal((EventOutcome.Handled, 2), (consumed.ExpectOne(static (OrderPlaced order) => order.Step == 2).Outcome, consumed.ExpectOne(static (OrderPlaced order) => order.Step == 2).Attempts));
    }

    [Fact]
    public async Task What_a_topic_holds_is_read_with_keys_headers_and_events_whoever_produced_it()
    {
        await using var test = await TestHost.StartAsync(static _ => { }, partitions: 3);
        await test.ProduceAsync("A", 1, new ProduceOptions { Headers = new EventHeaders().Add("tenant", "acme"), Timestamp = DateTimeOffset.UnixEpoch.AddDays(1) });
        await test.ProduceAsync("A", 2);
        await test.ProduceAsync("B", 1);
        using (var raw = Clients.Producer(test.Kafka)) await raw.ProduceAsync("orders", Clients.Text("""{"orderId":"C","step":9}""", "C"), test.Patience);

        var produced = await test.Events.ProducedAsync("orders", test.Patience);

        Assert.Equal(4, produced.Count);
        var first = produced.ExpectOne((OrderPlaced order) => order is { OrderId: "A", Step: 1 });
        Assert.Equal(("A", "acme", "orders"), (first.KeyText, first.Headers.GetText("tenant"), first.Topic));
        Assert.Equal("A", first.KeyAs<string>());
        Assert.Equal(DateTimeOffset.UnixEpoch.AddDays(1), first.Timestamp);
        Assert.Equal(new OrderPlaced("C", 9), produced.ExpectOne((OrderPlaced order) => order.OrderId == "C").Event<OrderPlaced>());
        produced.ExpectNone((OrderPlaced order) => order.OrderId == "D");
        produced.ExpectKeyOrder((OrderPlaced order) => order.Step);
    }

    [Fact]
    public async Task An_empty_topic_is_read_as_empty()
    {
        await using var test = await TestHost.StartAsync(static _ => { }, partitions: 3);

        Assert.Empty(await test.Events.ProducedAsync("orders", test.Patience));
    }

    [Fact]
    public async Task Waiting_for_a_produced_event_ends_when_it_comes()
    {
        await using var test = await TestHost.StartAsync(static _ => { }, partitions: 3);
        await test.ProduceAsync("A", 1);
        var waiting = test.Events.WaitUntilProducedAsync("orders", (OrderPlaced order) => order.OrderId == "B", test.Patience);
        await test.ProduceAsync("B", 7);

        Assert.Equal(7, (await waiting).Event<OrderPlaced>().Step);
    }

    [Fact]
    public async Task Types_are_told_apart_as_the_service_does()
    {
        await using var test = await TestHost.StartAsync(services => services
            .AddEventProducer<OrderCancelled>("orders", p => p.KeyedBy(order => order.OrderId).EventType("com.example.order-cancelled").Named("cancelled"))
            .AddEventConsumer("orders", "inventory", c => c
                .Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask)
                .Handle((OrderCancelled _, CancellationToken _) => ValueTask.CompletedTask)
                .EventType<OrderCancelled>("com.example.order-cancelled")));
        await test.ProduceAsync("A", 1);
        await test.Host.Services.GetRequiredService<IEventProducer<OrderCancelled>>().ProduceAsync(new OrderCancelled("A"), test.Patience);
        await test.Events.WaitUntilConsumedAsync("inventory", (OrderCancelled _) => true, test.Patience);

        var produced = await test.Events.ProducedAsync("orders", test.Patience);
        Assert.Equal(0, produced.ExpectOne((OrderPlaced _) => true).Offset);
        Assert.Equal(1, produced.ExpectOne((OrderCancelled _) => true).Offset);
        Assert.Equal(0, test.Events.Consumed("inventory").ExpectOne((OrderPlaced _) => true).Offset);
        var wrong = Assert.Throws<EventAssertionException>(() => produced[1].Event<OrderPlaced>());
        Assert.Equal("""Expected OrderPlaced at orders[0] offset 1, key 'A': {"orderId":"A"}, but its header ce_type says 'com.example.order-cancelled'.""", wrong.Message);
    }

    [Fact]
    public async Task Tombstones_and_bytes_that_are_no_event_are_recorded_as_they_are()
    {
        await using var test = await TestHost.StartAsync(static _ => { });
        await test.Host.Services.GetRequiredService<IEventProducer<OrderPlaced>>().ProduceTombstoneAsync("A", cancellationToken: test.Patience);
        using (var raw = Clients.Producer(test.Kafka)) await raw.ProduceAsync("orders", Clients.Text("no json"), test.Patience);

        var produced = await test.Events.ProducedAsync("orders", test.Patience);

        Assert.True(produced[0].IsTombstone);
        Assert.Equal("orders[0] offset 0, key 'A': tombstone", produced[0].ToString());
        Assert.Contains("it is a tombstone", Assert.Throws<EventAssertionException>(() => produced[0].Event<OrderPlaced>()).Message, StringComparison.Ordinal);
        Assert.Equal("orders[0] offset 1, no key: no json", produced[1].ToString());
        Assert.False(produced[1].TryGetEvent<OrderPlaced>(out _));
        Assert.IsType<EventSerializationException>(Assert.Throws<EventAssertionException>(() => produced[1].Event<OrderPlaced>()).InnerException);
        Assert.Throws<EventAssertionException>(() => produced[1].KeyAs<string>());
    }

    [Fact]
    public async Task Waiting_that_is_ended_says_what_was_there_instead()
    {
        await using var test = await TestHost.StartAsync(services => services.AddEventConsumer("orders", "inventory", c => c
            .Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask)));
        await test.ProduceAsync("A", 1);
        await test.Events.WaitUntilConsumedAsync("inventory", (OrderPlaced _) => true, test.Patience);
        using var ended = new CancellationTokenSource();
        var consumed = test.Events.WaitUntilConsumedAsync("inventory", (OrderPlaced order) => order.OrderId == "B", ended.Token);
        var produced = test.Events.WaitUntilProducedAsync("orders", (OrderPlaced order) => Seen(order, "B", ended), ended.Token);

        Assert.Equal(
            $"The time to read topic 'orders' was over. There was 1 event:{Environment.NewLine}  orders[0] offset 0, key 'A': {{\"orderId\":\"A\",\"step\":1}}",
            (await Assert.ThrowsAsync<OperationCanceledException>(() => produced)).Message);
        Assert.Equal(
            $"The time to wait for consumer 'inventory' was over. There was 1 event:{Environment.NewLine}  orders[0] offset 0, key 'A', Handled after 1 attempt: {{\"orderId\":\"A\",\"step\":1}}",
            (await Assert.ThrowsAsync<OperationCanceledException>(() => consumed)).Message);
    }

    [Fact]
    public async Task Waiting_for_what_can_not_come_any_more_ends()
    {
        await using var test = await TestHost.StartAsync(services => services.AddEventConsumer("orders", "inventory", c => c
            .Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask)));
        var waiting = test.Events.WaitUntilConsumedAsync("inventory", (OrderPlaced _) => true, test.Patience);
        await test.Host.StopAsync(test.Patience);

        Assert.Equal("Consumer 'inventory' has ended, so this can't come any more: it was stopped.", (await Assert.ThrowsAsync<InvalidOperationException>(() => waiting)).Message);
    }

    [Fact]
    public async Task Wrong_names_are_told_with_those_that_there_are()
    {
        await using var test = await TestHost.StartAsync(services => services.AddEventConsumer("orders", "inventory", c => c
            .Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask)));

        Assert.Equal("There is no consumer 'inventroy'. There are: 'inventory'.", Assert.Throws<InvalidOperationException>(() => test.Events.Consumed("inventroy")).Message);
        Assert.Equal(
            "There is no topic 'order'. There are: 'orders'.",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => test.Events.ProducedAsync("order", test.Patience))).Message);
    }

    [Fact]
    public async Task Events_of_a_key_run_in_order_and_others_beside_them()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var test = await TestHost.StartAsync(services => services.AddEventConsumer("orders", "inventory", c => c
            .InKeyOrder(16)
            .Handle(async (OrderPlaced order, CancellationToken token) =>
            {
                if (order is { OrderId: "A", Step: 0 }) await gate.Task.WaitAsync(token);
            })));
        for (var step = 0; step < 5; step++)
        {
            await test.ProduceAsync("A", step);
            await test.ProduceAsync("B", step);
        }

        await test.Events.WaitUntilConsumedAsync("inventory", (OrderPlaced order) => order is { OrderId: "B", Step: 4 }, test.Patience);
        gate.SetResult();
        await test.Events.WaitUntilConsumedAsync("inventory", (OrderPlaced order) => order is { OrderId: "A", Step: 4 }, test.Patience);

        var consumed = test.Events.Consumed("inventory");
        Assert.Equal(10, consumed.Count);
        consumed.ExpectKeyOrder();
        consumed.ExpectKeyOrder((OrderPlaced order) => order.Step);
    }

    private static bool Seen(OrderPlaced order, string wanted, CancellationTokenSource ended)
    {
        ended.Cancel();
        return order.OrderId == wanted;
    }
}

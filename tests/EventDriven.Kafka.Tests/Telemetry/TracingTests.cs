using System.Diagnostics;
using System.Text;
using Confluent.Kafka;

namespace EventDriven.Kafka.Tests.Telemetry;

[Collection(nameof(TelemetryCollection))]
public class TracingTests
{
    [Fact]
    public async Task A_trace_goes_from_a_producer_through_a_handler_and_its_producer_to_a_second_consumer()
    {
        await using var host = new TelemetryHost(
            static services =>
            {
                services.AddSingleton<Seen>();
                services.AddEventProducer<Order>("orders", p => p.KeyedBy(order => order.Id));
                services.AddEventProducer<Shipment>("shipments", p => p.KeyedBy(shipment => shipment.OrderId));
                services.AddEventConsumer<Order, Ship>("orders", "shipping");
                services.AddEventConsumer<Shipment, Notify>("shipments", "mail", c => c.Named("notifications"));
            },
            "orders", "shipments");
        await host.StartAsync();

        Activity? caller;
        using (caller = host.Own.StartActivity("POST /orders"))
        {
            caller!.TraceStateString = "vendor=a";
            await host.Producer<Order>().ProduceAsync(new Order("7")).WaitAsync(TelemetryHost.Patience);
            Assert.Same(caller, Activity.Current);
        }

        await host.Services.GetRequiredService<Seen>().Shipment.Task.WaitAsync(TelemetryHost.Patience);
        await host.StopAsync();

        var spans = host.Spans();
        var sendOrder = Assert.Single(spans, static span => span.DisplayName == "send orders");
        var processOrder = Assert.Single(spans, static span => span.DisplayName == "process orders");
        var sendShipment = Assert.Single(spans, static span => span.DisplayName == "send shipments");
        var processShipment = Assert.Single(spans, static span => span.DisplayName == "process shipments");
        Assert.Equal(4, spans.Count);
        Assert.All(spans, span => Assert.Equal(caller.TraceId, span.TraceId));
        Assert.All(spans, static span => Assert.Equal("vendor=a", span.TraceStateString));
        Assert.All(spans, static span => Assert.Equal(ActivityStatusCode.Unset, span.Status));
        Assert.Equal(caller.SpanId, sendOrder.ParentSpanId);
        Assert.Equal(sendOrder.SpanId, processOrder.ParentSpanId);
        Assert.Equal(processOrder.SpanId, sendShipment.ParentSpanId);
        Assert.Equal(sendShipment.SpanId, processShipment.ParentSpanId);
        Assert.Equal(sendOrder.SpanId, Assert.Single(processOrder.Links).Context.SpanId);
        Assert.True(processOrder.HasRemoteParent);

        Assert.Equal(ActivityKind.Producer, sendOrder.Kind);
        Assert.Equal(
            ["error.type:", "eventdriven.producer.name:orders", "messaging.destination.name:orders", "messaging.destination.partition.id:0",
             "messaging.kafka.offset:0", "messaging.operation.name:send", "messaging.operation.type:send", "messaging.system:kafka"],
            Tags(sendOrder, "error.type"));
        Assert.Equal(ActivityKind.Consumer, processShipment.Kind);
        Assert.Equal(
            ["eventdriven.attempts:1", "eventdriven.consumer.name:notifications", "eventdriven.outcome:handled", "messaging.consumer.group.name:mail",
             "messaging.destination.name:shipments", "messaging.destination.partition.id:0", "messaging.kafka.offset:0",
             "messaging.operation.name:process", "messaging.operation.type:process", "messaging.system:kafka"],
            Tags(processShipment));
    }

    [Fact]
    public async Task Spans_of_a_handler_are_children_of_the_event_and_no_span_outlives_its_event()
    {
        await using var host = new TelemetryHost(
            static services =>
            {
                services.AddEventProducer<Order>("orders", p => p.KeyedBy(order => order.Id));
                services.AddEventConsumer("orders", "shipping", static c => c
                    .Handle(static async (Order order, Work work, CancellationToken cancellationToken) =>
                    {
                        using var own = work.Source.StartActivity($"ship {order.Id}");
                        await Task.Yield();
                        if (order.Id == "2") work.Done.SetResult();
                    }));
                services.AddSingleton<Work>();
            },
            "orders");
        host.Services.GetRequiredService<Work>().Source = host.Own;
        await host.StartAsync();

        await host.Producer<Order>().ProduceAsync(new Order("1")).WaitAsync(TelemetryHost.Patience);
        await host.Producer<Order>().ProduceAsync(new Order("2")).WaitAsync(TelemetryHost.Patience);
        await host.Services.GetRequiredService<Work>().Done.Task.WaitAsync(TelemetryHost.Patience);
        await host.StopAsync();

        var processed = host.Spans().Where(static span => span.Kind == ActivityKind.Consumer).ToArray();
        Assert.Equal(2, processed.Length);
        Assert.NotEqual(processed[0].TraceId, processed[1].TraceId);
        Assert.All(host.Spans("shop"), own => Assert.Contains(processed, span => span.SpanId == own.ParentSpanId));
        Assert.Equal(2, host.Spans("shop").Count);
    }

    [Fact]
    public async Task A_batch_has_one_span_with_a_link_to_each_event_and_what_fails_in_it_a_span_of_its_own()
    {
        await using var host = new TelemetryHost(
            static services =>
            {
                services.AddSingleton<Seen>();
                services.AddEventProducer<Order>("orders", p => p.KeyedBy(order => order.Id));
                services.AddEventConsumer("orders", "shipping", static c => c
                    .HandleBatch(3, TimeSpan.FromMinutes(1), static (IReadOnlyList<ReceivedEvent<Order>> orders, Seen seen, CancellationToken _) =>
                        orders.Count == 3 ? throw new BatchFailedException(2, new TimeoutException("once")) : seen.FailTwiceAsync())
                    .OnFailure(static f => f.Retry(5, TimeSpan.Zero)));
            },
            "orders");
        await host.StartAsync();

        await host.Producer<Order>().ProduceBatchAsync([new Order("1"), new Order("2"), new Order("3")]).WaitAsync(TelemetryHost.Patience);
        await host.Services.GetRequiredService<Seen>().Shipment.Task.WaitAsync(TelemetryHost.Patience);
        await host.StopAsync();

        var sent = host.Spans().Where(static span => span.Kind == ActivityKind.Producer).ToArray();
        var batch = Assert.Single(host.Spans(), static span => span.GetTagItem("messaging.batch.message_count") is not null);
        Assert.Equal(3, batch.GetTagItem("messaging.batch.message_count"));
        Assert.Equal(sent.Select(static span => span.SpanId.ToHexString()).Order(), batch.Links.Select(static link => link.Context.SpanId.ToHexString()).Order());
        Assert.Equal(default, batch.ParentSpanId);
        Assert.Equal(ActivityStatusCode.Error, batch.Status);
        Assert.Equal(typeof(TimeoutException).FullName, batch.GetTagItem("error.type"));
        var alone = Assert.Single(host.Spans(), span => span.Kind == ActivityKind.Consumer && span != batch);
        Assert.Equal("handled", alone.GetTagItem("eventdriven.outcome"));
        Assert.Equal(4, alone.GetTagItem("eventdriven.attempts"));
    }

    [Fact]
    public async Task One_span_covers_all_attempts_and_tells_each_failure()
    {
        await using var host = new TelemetryHost(
            static services =>
            {
                services.AddSingleton<Seen>();
                services.AddEventProducer<Order>("orders");
                services.AddEventConsumer("orders", "shipping", static c => c
                    .Handle(static (Order _, Seen seen, CancellationToken _) => seen.FailTwiceAsync())
                    .OnFailure(static f => f.Retry(3, TimeSpan.Zero)));
            },
            "orders");
        await host.StartAsync();

        await host.Producer<Order>().ProduceAsync(new Order("7")).WaitAsync(TelemetryHost.Patience);
        await host.Services.GetRequiredService<Seen>().Shipment.Task.WaitAsync(TelemetryHost.Patience);
        await host.StopAsync();

        var span = Assert.Single(host.Spans(), static span => span.Kind == ActivityKind.Consumer);
        Assert.Equal(3, span.GetTagItem("eventdriven.attempts"));
        Assert.Equal("handled", span.GetTagItem("eventdriven.outcome"));
        Assert.Null(span.GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.Equal(["exception", "exception"], span.Events.Select(static e => e.Name));
        Assert.Equal(["attempt 1", "attempt 2"], span.Events.Select(static e => e.Tags.Single(static tag => tag.Key == "exception.message").Value));
        Assert.Equal([1, 2], span.Events.Select(static e => e.Tags.Single(static tag => tag.Key == "eventdriven.attempt").Value));
    }

    [Fact]
    public async Task An_event_that_stops_its_partition_and_one_that_is_not_sent_are_errors()
    {
        await using var host = new TelemetryHost(
            static services =>
            {
                services.AddEventProducer<Order>("orders");
                services.AddEventConsumer("orders", "shipping", static c => c.Handle(static (Order _, CancellationToken _) => Fail()));
            },
            "orders");
        await host.StartAsync();

        await host.Producer<Order>().ProduceAsync(new Order("7")).WaitAsync(TelemetryHost.Patience);
        await host.UntilAsync("shipping", static snapshot => snapshot.Assignments.Any(static one => one.StoppedAt is not null));
        await Assert.ThrowsAsync<EventProduceException>(() => host.Producer<Order>().ProduceAsync(new Order(new string('x', 3_000_000))));
        await host.StopAsync();

        var processed = Assert.Single(host.Spans(), static span => span.Kind == ActivityKind.Consumer);
        Assert.Equal(ActivityStatusCode.Error, processed.Status);
        Assert.Equal("stopped", processed.GetTagItem("eventdriven.outcome"));
        Assert.Equal("System.InvalidOperationException", processed.GetTagItem("error.type"));
        var refused = Assert.Single(host.Spans(), static span => span.Kind == ActivityKind.Producer && span.Status == ActivityStatusCode.Error);
        Assert.Equal("TooLarge", refused.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Garbage_in_the_headers_never_fails_an_event_and_begins_a_trace_of_its_own()
    {
        var parents = TraceContextTests.Garbage.Select(static row => row.Data).Where(static text => text.Length < 100_000).ToArray();
        await using var host = new TelemetryHost(
            services =>
            {
                services.AddSingleton(new Counted(parents.Length + 3));
                services.AddEventConsumer("orders", "shipping", static c => c
                    .Handle(static (Order _, Counted counted, CancellationToken _) => counted.CountAsync()));
            },
            "orders");
        await host.StartAsync();

        using (var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = host.Kafka.BootstrapServers }).Build())
        {
            const string Valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            foreach (var parent in parents) Produce(producer, new Headers { { "traceparent", Encoding.UTF8.GetBytes(parent) } });
            Produce(producer, new Headers { { "traceparent", null } });
            Produce(producer, new Headers { { "traceparent", Encoding.UTF8.GetBytes(Valid) }, { "traceparent", Encoding.UTF8.GetBytes(Valid) } });
            Produce(producer, new Headers { { "tracestate", "vendor=a"u8.ToArray() } });
            producer.Flush(TelemetryHost.Patience);
        }

        await host.Services.GetRequiredService<Counted>().All.Task.WaitAsync(TelemetryHost.Patience);
        await host.StopAsync();

        var spans = host.Spans();
        Assert.Equal(parents.Length + 3, spans.Count);
        Assert.All(spans, static span => Assert.Equal("handled", span.GetTagItem("eventdriven.outcome")));
        Assert.All(spans, static span => Assert.Equal(default, span.ParentSpanId));
        Assert.All(spans, static span => Assert.Empty(span.Links));
        Assert.Equal(spans.Count, spans.Select(static span => span.TraceId).Distinct().Count());
    }

    [Fact]
    public async Task A_context_that_the_caller_gives_stays_as_it_is()
    {
        const string Valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await using var host = new TelemetryHost(
            static services =>
            {
                services.AddSingleton(new Counted(1));
                services.AddEventProducer<Order>("orders");
                services.AddEventConsumer("orders", "shipping", static c => c
                    .Handle(static (Order _, Counted counted, CancellationToken _) => counted.CountAsync()));
            },
            "orders");
        await host.StartAsync();

        await host.Producer<Order>().ProduceAsync(new Order("7"), new ProduceOptions { Headers = new EventHeaders().Add("traceparent", Valid) }, CancellationToken.None);
        await host.Services.GetRequiredService<Counted>().All.Task.WaitAsync(TelemetryHost.Patience);
        await host.StopAsync();

        var processed = Assert.Single(host.Spans(), static span => span.Kind == ActivityKind.Consumer);
        Assert.Equal("b7ad6b7169203331", processed.ParentSpanId.ToHexString());
    }

    private static ValueTask Fail() => throw new InvalidOperationException("no stock");

    private static void Produce(IProducer<Null, byte[]> producer, Headers headers) =>
        producer.Produce("orders", new Message<Null, byte[]> { Value = "{\"id\":\"7\"}"u8.ToArray(), Headers = headers });

    private static string[] Tags(Activity span, params string[] absent) =>
        [.. span.TagObjects.Select(static tag => $"{tag.Key}:{tag.Value}").Concat(absent.Select(name => $"{name}:{span.GetTagItem(name)}")).Order(StringComparer.Ordinal)];

    internal sealed record Order(string Id);

    internal sealed record Shipment(string OrderId);

    internal sealed class Seen
    {
        private int _attempts;

        public TaskCompletionSource Shipment { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask FailTwiceAsync()
        {
            if (++_attempts < 3) throw new InvalidOperationException($"attempt {_attempts}");
            Shipment.SetResult();
            return ValueTask.CompletedTask;
        }
    }

    internal sealed class Work
    {
        public ActivitySource Source { get; set; } = null!;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal sealed class Counted(int expected)
    {
        private int _left = expected;

        public TaskCompletionSource All { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask CountAsync()
        {
            if (Interlocked.Decrement(ref _left) == 0) All.SetResult();
            return ValueTask.CompletedTask;
        }
    }

    internal sealed class Ship(IEventProducer<Shipment> shipments) : IEventHandler<Order>
    {
        public async ValueTask HandleAsync(Order @event, EventContext context, CancellationToken cancellationToken) =>
            await shipments.ProduceAsync(new Shipment(@event.Id), cancellationToken: cancellationToken);
    }

    internal sealed class Notify(Seen seen) : IEventHandler<Shipment>
    {
        public ValueTask HandleAsync(Shipment @event, EventContext context, CancellationToken cancellationToken)
        {
            seen.Shipment.SetResult();
            return ValueTask.CompletedTask;
        }
    }
}

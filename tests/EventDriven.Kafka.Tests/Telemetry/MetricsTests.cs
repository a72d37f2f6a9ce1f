using EventDriven.Testing;
using OpenTelemetry.Metrics;

namespace EventDriven.Kafka.Tests.Telemetry;

[Collection(nameof(TelemetryCollection))]
public class MetricsTests
{
    [Fact]
    public async Task What_is_sent_and_handled_is_counted_and_timed_by_the_conventions()
    {
        await using var host = new TelemetryHost(
            static services =>
            {
                services.AddEventProducer<string>("orders");
                services.AddEventConsumer("orders", "shipping", static c => c
                    .Use(static (context, next) =>
                    {
                        if (context.Offset == 1) context.Filter("not ours");
                        return context.Offset == 1 ? ValueTask.CompletedTask : next(context);
                    })
                    .Handle(static (string _, CancellationToken _) => ValueTask.CompletedTask));
            },
            "orders");
        await host.StartAsync();
        for (var i = 0; i < 3; i++) await host.Producer<string>().ProduceAsync($"{i}").WaitAsync(TelemetryHost.Patience);
        await host.Services.WaitUntilCaughtUpAsync("shipping").WaitAsync(TelemetryHost.Patience);
        await Assert.ThrowsAsync<EventProduceException>(() => host.Producer<string>().ProduceAsync(new string('x', 3_000_000)));

        var metrics = host.Collect();

        const string Sent = "eventdriven.producer.name=orders messaging.destination.name=orders messaging.operation.name=send messaging.operation.type=send messaging.system=kafka";
        const string Consumer = "eventdriven.consumer.name=shipping";
        const string Processed = $"{Consumer} messaging.consumer.group.name=shipping messaging.destination.name=orders messaging.operation.name=process messaging.system=kafka";
        Assert.Equal([(Sent, 3)], Sums(metrics, "messaging.client.sent.messages"));
        Assert.Equal([(Processed, 3)], Sums(metrics, "messaging.client.consumed.messages"));
        Assert.Equal([($"error.type=TooLarge {Sent}", 1), (Sent, 3)], Counts(metrics, "messaging.client.operation.duration"));
        Assert.Equal([(Processed, 3)], Counts(metrics, "messaging.process.duration"));
        Assert.Equal(
            [(Own("filtered"), 1), (Own("handled"), 2)],
            Sums(metrics, "eventdriven.consumer.outcomes"));
        Assert.Equal([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, double.PositiveInfinity], Bounds(metrics, "messaging.process.duration"));
        Assert.NotEmpty(Counts(metrics, "eventdriven.consumer.commit.duration"));
        Assert.Equal([("messaging.consumer.group.name=shipping", 0)], Sums(metrics, "eventdriven.consumer.expired", "eventdriven.consumer.name"));
        Assert.Equal([("eventdriven.rebalance.type=assigned messaging.consumer.group.name=shipping", 1)], Sums(metrics, "eventdriven.consumer.rebalances", "eventdriven.consumer.name"));

        static string Own(string outcome) => $"{Consumer} eventdriven.outcome={outcome} messaging.consumer.group.name=shipping messaging.destination.name=orders";
    }

    [Fact]
    public async Task A_consumer_with_transactions_shows_how_they_ended_how_long_they_took_and_what_was_in_them()
    {
        await using var host = new TelemetryHost(
            static services =>
            {
                services.AddEventProducer<string>("orders");
                services.AddEventConsumer("orders", "shipping", static c => c
                    .Named("shipper")
                    .InTransactions()
                    .Configure(static options => options.CommitInterval = TimeSpan.FromMilliseconds(50))
                    .Handle(static (string _, CancellationToken _) => ValueTask.CompletedTask));
            },
            "orders");
        await host.StartAsync();
        for (var i = 0; i < 3; i++) await host.Producer<string>().ProduceAsync($"{i}").WaitAsync(TelemetryHost.Patience);
        await host.UntilAsync("shipper", static snapshot => snapshot.Committed.Values.Contains(3));

        var metrics = host.Collect();

        const string Consumer = "eventdriven.consumer.name=shipper";
        var (tags, transactions) = Assert.Single(Sums(metrics, "eventdriven.transactions"));
        Assert.Equal($"{Consumer} eventdriven.outcome=committed", tags);
        Assert.InRange(transactions, 1, long.MaxValue);
        Assert.Equal([(tags, transactions)], Counts(metrics, "eventdriven.transaction.duration"));
        Assert.Equal([(Consumer, transactions)], Counts(metrics, "eventdriven.transaction.events"));
        Assert.Equal([(Consumer, 3)], Points(metrics, "eventdriven.transaction.events", [], static point => (long)point.GetHistogramSum()));
        Assert.Equal([0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, double.PositiveInfinity], Bounds(metrics, "eventdriven.transaction.duration"));
        Assert.Equal([1, 10, 100, 500, 1_000, 2_000, 5_000, 10_000, 50_000, double.PositiveInfinity], Bounds(metrics, "eventdriven.transaction.events"));
    }

    [Fact]
    public async Task What_waits_for_its_time_is_lag_and_no_due_lag_and_how_late_it_started_is_told()
    {
        const string First = "shipping--orders--retry-20ms";
        const string Second = "shipping--orders--retry-1h";
        await using var host = new TelemetryHost(
            static services =>
            {
                services.AddEventProducer<string>("orders");
                services.AddEventConsumer("orders", "shipping", static c => c
                    .Unordered(4)
                    .OnFailure(static f => f.ThenRetryTopics("20ms", "1h"))
                    .Handle(static (string _, CancellationToken _) => throw new InvalidOperationException("poison")));
            },
            "orders",
            First,
            Second);
        await host.StartAsync();
        await host.Producer<string>().ProduceAsync("bad").WaitAsync(TelemetryHost.Patience);
        await host.UntilAsync("shipping", static snapshot => snapshot.Assignments.Any(static one => one is { Waiting: 1, Id.Topic: Second })
            && snapshot.Assignments.All(static one => one.Id.Topic == Second || one.IsAtEnd));

        var metrics = host.Collect();

        Assert.Equal([(Of("orders"), 0), (Of(Second), 1), (Of(First), 0)], Gauge(metrics, "eventdriven.consumer.lag"));
        Assert.Equal([(Of("orders"), 0), (Of(Second), 0), (Of(First), 0)], Gauge(metrics, "eventdriven.consumer.due_lag"));
        Assert.Equal(0, Gauge(metrics, "eventdriven.consumer.watermark.age").Single(static age => age.Tags == Of(Second)).Value);
        Assert.Equal([($"eventdriven.consumer.name=shipping messaging.consumer.group.name=shipping messaging.destination.name={First}", 1)], Counts(metrics, "eventdriven.consumer.retry.lateness"));

        static string Of(string topic) => $"messaging.consumer.group.name=shipping messaging.destination.name={topic} messaging.destination.partition.id=0";
    }

    [Fact]
    public async Task A_stopped_partition_shows_its_lag_and_age_and_a_partition_given_up_shows_nothing()
    {
        await using var host = new TelemetryHost(
            static services =>
            {
                services.AddEventProducer<string>("orders");
                services.AddEventConsumer("orders", "shipping", static c => c.Handle(static (string @event, CancellationToken _) => HandleAsync(@event)));
            },
            "orders");
        await host.StartAsync();
        foreach (var text in new[] { "good", "bad" }) await host.Producer<string>().ProduceAsync(text).WaitAsync(TelemetryHost.Patience);
        await host.UntilAsync("shipping", static snapshot => snapshot.Assignments.Any(static one =>
            one is { Running: 0, StoppedAt: not null } && one.Pauses != 0 && one.PositionAge > TimeSpan.Zero));

        var metrics = host.Collect();

        const string Partition = "messaging.consumer.group.name=shipping messaging.destination.name=orders messaging.destination.partition.id=0";
        Assert.Equal([(Partition, 1)], Gauge(metrics, "eventdriven.consumer.lag"));
        Assert.Equal([(Partition, 0)], Sums(metrics, "eventdriven.consumer.in_flight", "eventdriven.consumer.name"));
        Assert.Equal([(Partition, 1)], Sums(metrics, "eventdriven.consumer.buffered", "eventdriven.consumer.name"));
        Assert.True(Assert.Single(Gauge(metrics, "eventdriven.consumer.watermark.age")).Value > 0);
        Assert.Equal((Partition, 0), Assert.Single(Gauge(metrics, "eventdriven.consumer.oldest_in_flight.age")));
        Assert.Contains(("eventdriven.pause.reason=stopped messaging.consumer.group.name=shipping", 1L), Sums(metrics, "eventdriven.consumer.paused_partitions", "eventdriven.consumer.name"));
        Assert.Contains(("eventdriven.pause.reason=backpressure messaging.consumer.group.name=shipping", 0L), Sums(metrics, "eventdriven.consumer.paused_partitions", "eventdriven.consumer.name"));
        Assert.Equal([("messaging.consumer.group.name=shipping", 1)], Sums(metrics, "eventdriven.consumer.partitions", "eventdriven.consumer.name"));
        Assert.Contains(("eventdriven.consumer.state=running messaging.consumer.group.name=shipping", 1L), Sums(metrics, "eventdriven.consumer.state", "eventdriven.consumer.name"));
        Assert.Contains(("eventdriven.consumer.state=failed messaging.consumer.group.name=shipping", 0L), Sums(metrics, "eventdriven.consumer.state", "eventdriven.consumer.name"));

        await host.StopAsync();
        metrics = host.Collect();

        Assert.Empty(Gauge(metrics, "eventdriven.consumer.lag"));
        Assert.Contains(("eventdriven.consumer.state=stopped messaging.consumer.group.name=shipping", 1L), Sums(metrics, "eventdriven.consumer.state", "eventdriven.consumer.name"));
        Assert.Equal([("eventdriven.drain.in_time=True messaging.consumer.group.name=shipping", 1)], Counts(metrics, "eventdriven.consumer.drain.duration", "eventdriven.consumer.name"));
    }

    [Fact]
    public async Task A_handler_that_outlives_a_stop_shows_as_not_drained_in_time()
    {
        await using var host = new TelemetryHost(
            static services =>
            {
                services.AddSingleton<Gate>();
                services.AddEventProducer<string>("orders");
                services.AddEventConsumer("orders", "shipping", static c => c
                    .Configure(static options => options.DrainTimeout = TimeSpan.FromMilliseconds(100))
                    .Handle(static (string _, Gate gate, CancellationToken cancellationToken) => gate.WaitAsync(cancellationToken)));
            },
            "orders");
        await host.StartAsync();
        await host.Producer<string>().ProduceAsync("7").WaitAsync(TelemetryHost.Patience);
        var gate = host.Services.GetRequiredService<Gate>();
        await gate.Entered.Task.WaitAsync(TelemetryHost.Patience);

        Assert.Equal(1, Assert.Single(Sums(host.Collect(), "eventdriven.consumer.in_flight")).Value);
        Assert.True(Assert.Single(Gauge(host.Collect(), "eventdriven.consumer.oldest_in_flight.age")).Value > 0);
        await host.StopAsync();
        await gate.Left.Task.WaitAsync(TelemetryHost.Patience);

        Assert.Contains("eventdriven.drain.in_time=False", Assert.Single(Counts(host.Collect(), "eventdriven.consumer.drain.duration")).Tags, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_producer_without_brokers_shows_what_waits_and_what_fails()
    {
        await using var host = new TelemetryHost(
            static services => services.AddEventProducer<string>("orders", static p => p
                .Configure(static options =>
                {
                    // Long enough for the first event on a machine that is busy, which gets its producer id first.
                    options.DeliveryTimeout = TimeSpan.FromSeconds(5);
                    options.Client["queue.buffering.max.messages"] = "1";
                })),
            "orders");
        await host.StartAsync();
        var producer = host.Producer<string>();
        await producer.ProduceAsync("1").WaitAsync(TelemetryHost.Patience);

        host.Kafka.Faults.StopBrokers();
        var first = producer.ProduceAsync("2");
        var second = producer.ProduceAsync("3");
        var metrics = host.Collect();
        var inFlight = Assert.Single(Sums(metrics, "eventdriven.producer.in_flight"));
        var waiting = Assert.Single(Sums(metrics, "eventdriven.producer.waiting"));
        Assert.Equal("eventdriven.cluster.name=Kafka", waiting.Tags);
        // The client may still hold the room of the event before: then both wait at first.
        Assert.InRange(waiting.Value, 1, 2);
        Assert.Equal(2, inFlight.Value + waiting.Value);
        await Assert.ThrowsAsync<EventProduceException>(() => first.WaitAsync(TelemetryHost.Patience));
        await Assert.ThrowsAsync<EventProduceException>(() => second.WaitAsync(TelemetryHost.Patience));

        metrics = host.Collect();
        Assert.Contains(Sums(metrics, "messaging.client.sent.messages"), static sum => sum.Tags.StartsWith("error.type=TimedOut", StringComparison.Ordinal) && sum.Value == 2);
        Assert.InRange(Assert.Single(Counts(metrics, "eventdriven.producer.room.wait.duration")).Value, 1, 2);
        Assert.NotEmpty(Sums(metrics, "eventdriven.client.errors"));
        Assert.Equal(0, Assert.Single(Sums(metrics, "eventdriven.producer.in_flight")).Value);
    }

    private static ValueTask HandleAsync(string @event) =>
        @event == "good" ? ValueTask.CompletedTask : throw new InvalidOperationException("bad");

    private static List<(string Tags, long Value)> Sums(IReadOnlyList<MetricSnapshot> metrics, string name, params string[] without) =>
        Points(metrics, name, without, static point => point.GetSumLong());

    private static List<(string Tags, long Value)> Counts(IReadOnlyList<MetricSnapshot> metrics, string name, params string[] without) =>
        Points(metrics, name, without, static point => point.GetHistogramCount());

    private static List<(string Tags, double Value)> Gauge(IReadOnlyList<MetricSnapshot> metrics, string name) =>
        Points(metrics, name, ["eventdriven.consumer.name"], point => name.EndsWith(".age", StringComparison.Ordinal) ? point.GetGaugeLastValueDouble() : point.GetGaugeLastValueLong());

    private static List<double> Bounds(IReadOnlyList<MetricSnapshot> metrics, string name)
    {
        var bounds = new List<double>();
        foreach (var bucket in metrics.Single(metric => metric.Name == name).MetricPoints[0].GetHistogramBuckets()) bounds.Add(bucket.ExplicitBound);
        return bounds;
    }

    private static List<(string Tags, TValue Value)> Points<TValue>(
        IReadOnlyList<MetricSnapshot> metrics, string name, string[] without, Func<MetricPoint, TValue> read) =>
    [
        .. metrics.Where(metric => metric.Name == name).SelectMany(static metric => metric.MetricPoints)
            .Select(point => (TagsOf(point, without), read(point))).OrderBy(static point => point.Item1, StringComparer.Ordinal),
    ];

    private static string TagsOf(MetricPoint point, string[] without)
    {
        var tags = new List<string>();
        foreach (var (name, value) in point.Tags)
        {
            if (!without.Contains(name)) tags.Add($"{name}={value}");
        }

        return string.Join(' ', tags.Order(StringComparer.Ordinal));
    }

    internal sealed class Gate
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask WaitAsync(CancellationToken cancellationToken)
        {
            Entered.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                Left.SetResult();
            }
        }
    }
}

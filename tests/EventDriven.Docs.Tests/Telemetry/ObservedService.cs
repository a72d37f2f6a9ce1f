using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using EventDriven.Kafka;
using EventDriven.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace EventDriven.Docs.Tests.Telemetry;

/// <summary>A service to which everything happens that telemetry tells of, once, while all of it is listened to.</summary>
public sealed class ObservedService : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const string RetryTopic = "shipping--orders--retry-5ms";
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Each instrument, with the attributes of its measurements.</summary>
    public Dictionary<string, (Instrument Instrument, HashSet<string> Attributes)> Instruments { get; } = new(StringComparer.Ordinal);

    /// <summary>The attributes of spans, by the operation that their names begin with; of several spans those of each.</summary>
    public Dictionary<string, List<HashSet<string>>> Spans { get; } = new(StringComparer.Ordinal);

    /// <summary>What Prometheus gets.</summary>
    public string Scrape { get; private set; } = "";

    public IReadOnlyCollection<HealthCheckRegistration> HealthChecks { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        using var metrics = ListenToMetrics();
        using var spans = ListenToSpans();
        using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 2);
        kafka.CreateTopic("poison", partitions: 1);
        kafka.CreateTopic("lost", partitions: 1);
        kafka.CreateTopic("parked", partitions: 1);
        kafka.CreateTopic("keeping--parked--parked", partitions: 1);
        kafka.CreateTopic(RetryTopic, partitions: 1);
        await WriteForeignRetryAsync(kafka);
        var port = FreePort();
        using var host = Build(kafka, port);
        using var other = Build(kafka, null);
        using var patience = new CancellationTokenSource(Patience);
        await host.StartAsync(patience.Token);

        await HandleAllSortsAsync(host, patience.Token);
        await host.Services.GetRequiredKeyedService<IEventProducer<string>>("parked").ProduceAsync("handled", patience.Token);
        await host.Services.WaitUntilCaughtUpAsync("keeping", patience.Token);
        await host.Services.GetRequiredService<ITransactionalProducer>().InTransactionAsync(
            async transaction => await host.Services.GetRequiredKeyedService<IEventProducer<string>>("parked").ProduceAsync("in a transaction", patience.Token), patience.Token);
        metrics.RecordObservableInstruments();

        // A second member: the first gives up a partition.
        await other.StartAsync(patience.Token);
        await _drained.Task.WaitAsync(patience.Token);
        await other.StopAsync(patience.Token);
        await FailToSendAsync(host, kafka, patience.Token);
        using (var http = new HttpClient()) Scrape = await http.GetStringAsync($"http://localhost:{port}/metrics", patience.Token);

        HealthChecks = [.. host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations];
        await host.StopAsync(patience.Token);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IHost Build(EmbeddedKafka kafka, int? port)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddEventDriven("Kafka", static _ => { });
        builder.Services.UseEmbeddedKafka(kafka);
        builder.Services.AddSingleton<Signals>();
        builder.Services.AddEventProducer<string>("orders", static p => p.KeyedBy(static text => text));
        builder.Services.AddKeyedEventProducer<string>("poison", "poison");
        builder.Services.AddKeyedEventProducer<string>("parked", "parked");
        builder.Services.AddKeyedEventProducer<string>("lost", "lost");
        builder.Services.AddTransactionalProducer("payments");
        builder.Services.AddKeyedEventProducer<string>("impatient", "orders", static p => p.Named("impatient").Configure(static options =>
        {
            options.DeliveryTimeout = TimeSpan.FromSeconds(1);
            options.Client["queue.buffering.max.messages"] = "1";
        }));
        builder.Services.AddEventConsumer("orders", "shipping", static c => c
            .Configure(static options => options.CommitInterval = TimeSpan.FromMilliseconds(50))
            .Use(static (context, next) =>
            {
                if (context.Value is not null) return next(context);
                context.Filter("tombstone");
                return ValueTask.CompletedTask;
            })
            .Handle(static (string text, Signals signals, CancellationToken _) => signals.HandleAsync(text))
            .OnFailure(static f => f.Retry(1, TimeSpan.Zero).ThenRetryTopics("5ms").AllowReordering()));
        builder.Services.AddEventConsumer("poison", "broken", static c => c
            .Handle(static (string _, Signals signals, CancellationToken _) => signals.BreakAsync()));
        builder.Services.AddEventConsumer("parked", "keeping", static c => c
            .InKeyOrder(2)
            .Handle(static (string _, Signals _, CancellationToken _) => Task.CompletedTask)
            .OnFailure(static f => f.ThenRetryTopics("1s").KeepKeyOrder()));
        builder.Services.AddEventConsumer("lost", "hopeless", c => c
            .Configure(static options => options.CommitInterval = TimeSpan.FromMilliseconds(50))
            .ProvisionTopics()
            .Handle((string _, Signals signals, CancellationToken _) => signals.LoseAsync(kafka))
            .OnFailure(static f => f.TreatAsOutage<TimeoutException>().ThenDeadLetter()));
        if (port is not null)
        {
            builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
                .AddMeter(EventDrivenTelemetry.MeterName)
                .AddPrometheusHttpListener(options => options.Port = port.Value));
        }

        return builder.Build();
    }

    private static async Task HandleAllSortsAsync(IHost host, CancellationToken cancellationToken)
    {
        var orders = host.Services.GetRequiredService<IEventProducer<string>>();
        await orders.ProduceAsync("handled", cancellationToken);
        await orders.ProduceAsync("fails once", cancellationToken);
        await orders.ProduceAsync("fails twice", cancellationToken);
        await orders.ProduceTombstoneAsync("handled", null, cancellationToken);
        await host.Services.GetRequiredKeyedService<IEventProducer<string>>("poison").ProduceAsync("poison", cancellationToken);
        await host.Services.GetRequiredKeyedService<IEventProducer<string>>("lost").ProduceAsync("lost", cancellationToken);
        await host.Services.WaitUntilCaughtUpAsync("shipping", cancellationToken);
        await host.Services.WaitUntilCaughtUpAsync("hopeless", cancellationToken);
        await host.Services.GetRequiredService<Signals>().Broken.Task.WaitAsync(cancellationToken);
        await host.Services.GetRequiredService<Signals>().Retried.Task.WaitAsync(cancellationToken);
    }

    /// <summary>An event of another group, where only those of this one belong.</summary>
    private static async Task WriteForeignRetryAsync(EmbeddedKafka kafka)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, LingerMs = 0 }).Build();
        await producer.ProduceAsync(RetryTopic, new Message<Null, string> { Value = "foreign", Headers = new Headers { { "eventdriven-group", "billing"u8.ToArray() } } });
    }

    private static async Task FailToSendAsync(IHost host, EmbeddedKafka kafka, CancellationToken cancellationToken)
    {
        var impatient = host.Services.GetRequiredKeyedService<IEventProducer<string>>("impatient");
        await Assert.ThrowsAsync<EventProduceException>(() => impatient.ProduceAsync(new string('x', 3_000_000), cancellationToken));
        kafka.Faults.StopBrokers();
        var first = impatient.ProduceAsync("late", cancellationToken);
        var second = impatient.ProduceAsync("later", cancellationToken);
        await Assert.ThrowsAsync<EventProduceException>(() => first);
        await Assert.ThrowsAsync<EventProduceException>(() => second);
        kafka.Faults.StartBrokers();
    }

    private MeterListener ListenToMetrics()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name != EventDrivenTelemetry.MeterName) return;
                lock (_gate) Instruments.TryAdd(instrument.Name, (instrument, []));
                listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        listener.Start();
        return listener;
    }

    private void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument.Name == "eventdriven.consumer.drain.duration") _drained.TrySetResult();
        lock (_gate)
        {
            foreach (var tag in tags) Instruments[instrument.Name].Attributes.Add(tag.Key);
        }
    }

    private ActivityListener ListenToSpans()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == EventDrivenTelemetry.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (_gate)
                {
                    var operation = span.DisplayName.Split(' ')[0];
                    if (!Spans.TryGetValue(operation, out var spans)) Spans.Add(operation, spans = []);
                    spans.Add([.. span.TagObjects.Select(static tag => tag.Key)]);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Signals
    {
        private bool _failed;
        private bool _timedOut;
        private int _attempts;

        public TaskCompletionSource Broken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Retried { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask HandleAsync(string text)
        {
            if (text == "fails twice")
            {
                if (Interlocked.Increment(ref _attempts) < 3) throw new InvalidOperationException("Not in place.");
                Retried.SetResult();
            }

            if (text != "fails once" || _failed) return ValueTask.CompletedTask;
            _failed = true;
            throw new InvalidOperationException("Not yet.");
        }

        /// <summary>Fails for want of something, then for good, and can't be handed over at first.</summary>
        public ValueTask LoseAsync(EmbeddedKafka kafka)
        {
            if (!_timedOut)
            {
                _timedOut = true;
                throw new TimeoutException("Not yet.");
            }

            kafka.Faults.FailNext(KafkaRequest.Produce, KafkaFault.TopicAuthorizationFailed, 1);
            throw new InvalidOperationException("Never.");
        }

        public ValueTask BreakAsync()
        {
            Broken.SetResult();
            throw new InvalidOperationException("Never.");
        }
    }
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Kafka.Telemetry;

/// <summary>The source of spans and the instruments of one host. Thread-safe.</summary>
/// <remarks>
/// Whoever listens runs inside these calls: samplers, processors, views. What they throw must not reach a worker, the poll thread or the client's thread, so
/// spans begin and end, and measurements are made, through the methods here alone.
/// </remarks>
internal sealed partial class Instruments : IDisposable
{
    /// <summary>The bounds that OpenTelemetry's messaging conventions advise, in seconds.</summary>
    private static readonly InstrumentAdvice<double> Durations =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };

    /// <summary>Drains and waits are bounded by options that count in seconds.</summary>
    private static readonly InstrumentAdvice<double> LongDurations =
        new() { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60] };

    private readonly Readings _readings = new();
    private readonly ILogger _logger;
    private int _listenerThrew;

    public Instruments(IMeterFactory meters, ILogger<Instruments>? logger = null)
    {
        _logger = logger ?? NullLogger<Instruments>.Instance;
        var version = typeof(Instruments).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        Spans = new ActivitySource(EventDrivenTelemetry.SourceName, version);

        // The factory owns the meter, and disposes it.
        var meter = meters.Create(new MeterOptions(EventDrivenTelemetry.MeterName) { Version = version });
        Sent = meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Number of messages producer attempted to send to the broker.");
        OperationDuration = meter.CreateHistogram(
            "messaging.client.operation.duration", "s", "Duration of messaging operation initiated by a producer or consumer client.", null, Durations);
        Consumed = meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Number of messages that were delivered to the application.");
        ProcessDuration = meter.CreateHistogram("messaging.process.duration", "s", "Duration of processing operation.", null, Durations);

        Outcomes = meter.CreateCounter<long>("eventdriven.consumer.outcomes", "{event}", "Events by what became of them.");
        Retries = meter.CreateCounter<long>("eventdriven.consumer.retries", "{attempt}", "Attempts at events beyond the first.");
        Outages = meter.CreateCounter<long>("eventdriven.consumer.outages", "{attempt}", "Attempts at events that ended in an outage, which do not count and are made again.");
        HandOverFailures = meter.CreateCounter<long>(
            "eventdriven.consumer.hand_over.failures", "{attempt}", "Attempts to write failed events to a retry or dead-letter topic that failed.");
        RetryLateness = meter.CreateHistogram(
            "eventdriven.consumer.retry.lateness", "s", "From the time at which an event of a retry topic was due until it was started.", null, LongDurations);
        PassedOver = meter.CreateCounter<long>("eventdriven.consumer.retry.passed_over", "{event}", "Events of other groups found in retry topics.");
        Rebalances = meter.CreateCounter<long>("eventdriven.consumer.rebalances", "{rebalance}", "Assignments, revocations and losses of partitions.");
        DrainDuration = meter.CreateHistogram(
            "eventdriven.consumer.drain.duration", "s", "How long a revocation waited for running handlers.", null, LongDurations);
        CommitDuration = meter.CreateHistogram(
            "eventdriven.consumer.commit.duration", "s", "From handing a position to the client until the broker's answer.", null, Durations);
        Transactions = meter.CreateCounter<long>("eventdriven.transactions", "{transaction}", "Transactions by how they ended.");
        TransactionDuration = meter.CreateHistogram("eventdriven.transaction.duration", "s", "From the begin of a transaction to its end.", null, LongDurations);
        TransactionEvents = meter.CreateHistogram(
            "eventdriven.transaction.events", "{event}", "Events in a committed transaction: those that a consumer has finished in it, or that a producer has produced.", null,
            new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 10, 100, 500, 1_000, 2_000, 5_000, 10_000, 50_000] });
        RoomWaitDuration = meter.CreateHistogram(
            "eventdriven.producer.room.wait.duration", "s", "How long a call waited for room in the client's full queue.", null, LongDurations);
        ClientErrors = meter.CreateCounter<long>("eventdriven.client.errors", "{error}", "Errors that the Kafka client reported, repeated ones included.");
        _readings.Register(meter);
    }

    public ActivitySource Spans { get; }

    public Counter<long> Sent { get; }

    public Histogram<double> OperationDuration { get; }

    public Counter<long> Consumed { get; }

    public Histogram<double> ProcessDuration { get; }

    public Counter<long> Outcomes { get; }

    public Counter<long> Retries { get; }

    public Counter<long> Outages { get; }

    public Counter<long> HandOverFailures { get; }

    public Histogram<double> RetryLateness { get; }

    public Counter<long> PassedOver { get; }

    public Counter<long> Rebalances { get; }

    public Histogram<double> DrainDuration { get; }

    public Histogram<double> CommitDuration { get; }

    public Histogram<double> RoomWaitDuration { get; }

    public Counter<long> Transactions { get; }

    public Histogram<double> TransactionDuration { get; }

    public Histogram<long> TransactionEvents { get; }

    public Counter<long> ClientErrors { get; }

    /// <summary>Whether anybody wants to know how an event is processed.</summary>
    public bool IsProcessingObserved => Consumed.Enabled || ProcessDuration.Enabled || Outcomes.Enabled || Retries.Enabled || Spans.HasListeners();

    /// <summary>Whether anybody wants to know how an event is sent.</summary>
    public bool IsSendingObserved => Sent.Enabled || OperationDuration.Enabled || Spans.HasListeners();

    /// <summary>Has a consumer read whenever somebody collects.</summary>
    public void Observe(Func<ConsumerReading> consumer) => _readings.Add(consumer);

    /// <summary>Has the clients of producers read whenever somebody collects.</summary>
    public void Observe(Func<IReadOnlyList<ProducerClientReading>> clients) => _readings.Add(clients);

    /// <summary>Counts an error that a client has reported.</summary>
    /// <param name="owner">Whose client it is.</param>
    /// <param name="code">The client's name for it.</param>
    public void ClientFailed(ReadOnlySpan<KeyValuePair<string, object?>> owner, string code)
    {
        if (ClientErrors.Enabled) Count(ClientErrors, new TagList(owner) { { Attributes.ErrorType, code } });
    }

    public void Count(Counter<long> counter, in TagList tags)
    {
        try
        {
            counter.Add(1, tags);
        }
        catch (Exception thrown)
        {
            ListenerThrew(thrown);
        }
    }

    public void Count(Counter<long> counter, KeyValuePair<string, object?>[] tags)
    {
        try
        {
            counter.Add(1, tags);
        }
        catch (Exception thrown)
        {
            ListenerThrew(thrown);
        }
    }

    public void Note(Histogram<long> histogram, long value, KeyValuePair<string, object?> tag)
    {
        try
        {
            histogram.Record(value, tag);
        }
        catch (Exception thrown)
        {
            ListenerThrew(thrown);
        }
    }

    public void Time(Histogram<double> histogram, TimeSpan duration, in TagList tags)
    {
        try
        {
            histogram.Record(duration.TotalSeconds, tags);
        }
        catch (Exception thrown)
        {
            ListenerThrew(thrown);
        }
    }

    public void Time(Histogram<double> histogram, TimeSpan duration, KeyValuePair<string, object?>[] tags)
    {
        try
        {
            histogram.Record(duration.TotalSeconds, tags);
        }
        catch (Exception thrown)
        {
            ListenerThrew(thrown);
        }
    }

    /// <summary>Begins a span, which becomes the current one; null where nobody wants it.</summary>
    public Activity? Start(string name, ActivityKind kind, ActivityContext parent, KeyValuePair<string, object?>[] tags, ActivityLink[]? links = null)
    {
        try
        {
            return Spans.HasListeners() ? Spans.StartActivity(name, kind, parent, tags, links) : null;
        }
        catch (Exception thrown)
        {
            ListenerThrew(thrown);
            return null;
        }
    }

    /// <summary>Ends a span. The one before it does not become the current one: on the client's thread that belongs to nobody.</summary>
    public void Stop(Activity? span)
    {
        if (span is null) return;

        var current = Activity.Current;
        try
        {
            span.Stop();
        }
        catch (Exception thrown)
        {
            ListenerThrew(thrown);
        }

        if (current != span) Activity.Current = current;
    }

    /// <summary>Adds an exception to a span.</summary>
    public void AddException(Activity span, Exception error, in TagList tags)
    {
        try
        {
            span.AddException(error, tags);
        }
        catch (Exception thrown)
        {
            ListenerThrew(thrown);
        }
    }

    public void Dispose() => Spans.Dispose();

    private void ListenerThrew(Exception thrown)
    {
        if (Interlocked.Exchange(ref _listenerThrew, 1) == 0) LogListenerThrew(thrown);
    }

    [LoggerMessage(4000, LogLevel.Error, "A listener to traces or metrics threw. Events are not affected, what is told of them may be. Told once.")]
    private partial void LogListenerThrew(Exception exception);
}

using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Producing;

/// <summary>What went wrong with the events of one producer where no caller is told: counted for the next flush, and logged at most once a minute. Thread-safe.</summary>
internal sealed partial class ProducerFailures(ProduceTarget target, ILogger logger, TimeProvider timeProvider)
{
    private readonly LogPace _undelivered = new(timeProvider);
    private readonly LogPace _callbacks = new(timeProvider);
    private readonly LogPace _middleware = new(timeProvider);
    private EventProduceException? _last;
    private long _count;

    public ProduceTarget Target => target;

    /// <summary>An event that has no callback, or whose caller waits no longer, was not delivered.</summary>
    public void NobodyWaitsFor(EventProduceException error)
    {
        Volatile.Write(ref _last, error);
        Interlocked.Increment(ref _count);
        if (_undelivered.Next(out var left)) Log.NotDelivered(logger, error, target.Name, target.Topic, left);
    }

    /// <summary>A completion callback threw.</summary>
    public void CallbackThrew(Exception thrown)
    {
        if (_callbacks.Next(out var left)) Log.CallbackThrew(logger, thrown, target.Name, target.Topic, left);
    }

    /// <summary>A middleware threw after its event was in the client's queue, so that it can't be the outcome of the call.</summary>
    public void MiddlewareThrew(Exception thrown)
    {
        if (_middleware.Next(out var left)) Log.MiddlewareThrew(logger, thrown, target.Name, target.Topic, left);
    }

    /// <summary>Takes what was counted since the last call.</summary>
    public long Take(out EventProduceException? last)
    {
        last = Interlocked.Exchange(ref _last, null);
        return Interlocked.Exchange(ref _count, 0);
    }

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Error,
            "Producer '{Producer}': an event for topic '{Topic}' was not delivered, and nobody waits for it. Told at most once a minute; {Left} more before this were not told.")]
        public static partial void NotDelivered(ILogger logger, Exception error, string producer, string topic, long left);

        [LoggerMessage(3002, LogLevel.Error,
            "Producer '{Producer}': a completion callback for topic '{Topic}' threw. The event itself is not affected. Told at most once a minute; {Left} more before this were not told.")]
        public static partial void CallbackThrew(ILogger logger, Exception error, string producer, string topic, long left);

        [LoggerMessage(3003, LogLevel.Error,
            "Producer '{Producer}': a middleware threw after an event for topic '{Topic}' was on its way. The event itself is not affected. Told at most once a minute; {Left} more before this were not told.")]
        public static partial void MiddlewareThrew(ILogger logger, Exception error, string producer, string topic, long left);
    }
}

using Confluent.Kafka;
using EventDriven.Kafka.Security;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Producing;

/// <summary>Turns what the client repeats twenty times a second into one line per kind of trouble, and one when deliveries succeed again. Thread-safe.</summary>
internal sealed partial class ClientTroubles(string cluster, ILogger logger, TimeProvider? timeProvider = null, Instruments? instruments = null)
{
    /// <summary>What the client has not repeated for this long has passed: an idle producer has no delivery that would say so.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;
    private readonly KeyValuePair<string, object?>[] _tags = [new(Attributes.Client, "producer"), new(Attributes.Cluster, cluster)];
    private readonly Lock _gate = new();
    private readonly HashSet<ErrorCode> _errors = [];
    private readonly HashSet<string> _lines = new(StringComparer.Ordinal);
    private volatile bool _any;
    private Trouble? _last;

    /// <summary>The last thing that the client has met, while nothing was delivered since and it has not passed; null otherwise.</summary>
    public Trouble? Current => Volatile.Read(ref _last) is { } last && _time.GetElapsedTime(last.At) < Memory ? last : null;

    /// <summary>The client's error handler. A fatal error is told by whoever replaces the client.</summary>
    public void OnError(Error error)
    {
        instruments?.ClientFailed(_tags, error.Code.ToString());
        if (error.IsFatal) return;

        var reason = SecurityRemedies.WithRemedy(error.Code, error.Reason);
        lock (_gate)
        {
            _any = true;
            NoteWhatMatters(error, reason);
            if (!_errors.Add(error.Code)) return;
        }

        Log.Error(logger, cluster, error.Code, reason);
    }

    /// <summary>An event was refused because this client may not write to its topic.</summary>
    public void OnNotAuthorized(string topic, Error error)
    {
        lock (_gate)
        {
            _any = true;
            Note(error, $"topic '{topic}': {error.Reason}");
            if (!_lines.Add($"{error.Code} {topic}")) return;
        }

        Log.NotAuthorized(logger, cluster, topic, error.Code, error.Reason);
    }

    /// <summary>Why an event really failed: one that waited until its time was over did so because of what the client has met meanwhile.</summary>
    public Error CauseOf(Error error) =>
        error.Code is ErrorCode.Local_MsgTimedOut && Current is { } trouble && SecurityRemedies.For(trouble.Error.Code, trouble.Error.Reason) is not null
            ? new Error(trouble.Error.Code, $"{error.Reason}; {trouble.Error.Reason}")
            : error;

    /// <summary>The client's log handler; called on threads of the client's own.</summary>
    public void OnLog(LogMessage line)
    {
        switch (line.Level)
        {
            case SyslogLevel.Debug:
                Log.Debug(logger, cluster, line.Facility, line.Message);
                return;
            case SyslogLevel.Info or SyslogLevel.Notice:
                Log.Information(logger, cluster, line.Facility, line.Message);
                return;
        }

        lock (_gate)
        {
            _any = true;
            if (!_lines.Add(line.Facility)) return;
        }

        Log.Warning(logger, cluster, line.Facility, line.Message);
    }

    /// <summary>An event was delivered: whatever it was, it is over.</summary>
    public void OnDelivered()
    {
        if (!_any) return;

        bool wereErrors;
        lock (_gate)
        {
            _any = false;
            wereErrors = _errors.Count != 0;
            _errors.Clear();
            _lines.Clear();
            Volatile.Write(ref _last, null);
        }

        if (wereErrors) Log.Recovered(logger, cluster);
    }

    /// <summary>One broker of several that is away keeps no event from being delivered; all of them do, or a refusal.</summary>
    private void NoteWhatMatters(Error error, string reason)
    {
        var isSecurity = SecurityRemedies.For(error.Code, error.Reason) is not null;
        if (isSecurity || (error.Code == ErrorCode.Local_AllBrokersDown && Current is null))
        {
            Note(error, reason);
        }
        else if (Current is { Error.Code: not ErrorCode.TopicAuthorizationFailed } lasting)
        {
            // That all are away is said once; as long as there are errors, it lasts.
            Volatile.Write(ref _last, lasting with { At = _time.GetTimestamp() });
        }
    }

    private void Note(Error error, string text) => Volatile.Write(ref _last, new Trouble(error, $"{error.Code}, {text}", _time.GetTimestamp()));

    /// <param name="Error">What the client has met.</param>
    /// <param name="Text">The same for people.</param>
    /// <param name="At">When.</param>
    public sealed record Trouble(Error Error, string Text, long At);

    private static partial class Log
    {
        [LoggerMessage(3010, LogLevel.Warning,
            "Cluster '{Cluster}': a producer's client reports {Code}: {Reason}. It retries by itself; this is told once until events are delivered again.")]
        public static partial void Error(ILogger logger, string cluster, ErrorCode code, string reason);

        [LoggerMessage(3011, LogLevel.Information, "Cluster '{Cluster}': events are delivered again.")]
        public static partial void Recovered(ILogger logger, string cluster);

        [LoggerMessage(3012, LogLevel.Warning, "Cluster '{Cluster}': a producer's client says {Facility}: {Line}. Told once until events are delivered again.")]
        public static partial void Warning(ILogger logger, string cluster, string facility, string line);

        [LoggerMessage(3013, LogLevel.Information, "Cluster '{Cluster}': a producer's client says {Facility}: {Line}")]
        public static partial void Information(ILogger logger, string cluster, string facility, string line);

        [LoggerMessage(3015, LogLevel.Error,
            "Cluster '{Cluster}': this client may not write to the topic '{Topic}' ({Code}: {Reason}). Give its principal the right: kafka-acls.sh --add --allow-principal User:NAME --operation Write --topic {Topic}. Told once until events are delivered again.")]
        public static partial void NotAuthorized(ILogger logger, string cluster, string topic, ErrorCode code, string reason);

        [LoggerMessage(3014, LogLevel.Debug, "Cluster '{Cluster}': a producer's client says {Facility}: {Line}")]
        public static partial void Debug(ILogger logger, string cluster, string facility, string line);
    }
}

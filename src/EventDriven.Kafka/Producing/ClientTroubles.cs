using Confluent.Kafka;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Producing;

/// <summary>Turns what the client repeats twenty times a second into one line per kind of trouble, and one when deliveries succeed again. Thread-safe.</summary>
internal sealed partial class ClientTroubles(string cluster, ILogger logger, Instruments? instruments = null)
{
    private readonly KeyValuePair<string, object?>[] _tags = [new(Attributes.Client, "producer"), new(Attributes.Cluster, cluster)];
    private readonly Lock _gate = new();
    private readonly HashSet<ErrorCode> _errors = [];
    private readonly HashSet<string> _lines = new(StringComparer.Ordinal);
    private volatile bool _any;

    /// <summary>The client's error handler. A fatal error is told by whoever replaces the client.</summary>
    public void OnError(Error error)
    {
        instruments?.ClientFailed(_tags, error.Code.ToString());
        if (error.IsFatal) return;

        lock (_gate)
        {
            _any = true;
            if (!_errors.Add(error.Code)) return;
        }

        Log.Error(logger, cluster, error.Code, error.Reason);
    }

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
        }

        if (wereErrors) Log.Recovered(logger, cluster);
    }

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

        [LoggerMessage(3014, LogLevel.Debug, "Cluster '{Cluster}': a producer's client says {Facility}: {Line}")]
        public static partial void Debug(ILogger logger, string cluster, string facility, string line);
    }
}

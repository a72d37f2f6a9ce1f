using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using EventDriven.Kafka.Telemetry;

namespace EventDriven.Kafka.Producing;

/// <summary>
/// A record on its way into the client. It is used again and again: the client copies key, value and headers while it takes a record, and keeps nothing of it.
/// Whoever holds one owns it alone.
/// </summary>
internal sealed class OutgoingRecord
{
    private readonly ClientHeaders _clientHeaders = new();
    private readonly EventIds _ids = new();
    private readonly byte[] _id = new byte[36];
    private readonly byte[] _time = new byte[28];
    private readonly byte[] _traceParent = new byte[TraceContext.ParentLength];

    /// <summary>What the client is given.</summary>
    public Message<byte[], byte[]> Message { get; } = new();

    /// <summary>The partition, or <see cref="Partition.Any"/>.</summary>
    public TopicPartition? Destination { get; set; }

    /// <summary>The headers of the caller and of the serializers, in this order.</summary>
    public EventHeaders Headers { get; } = new();

    /// <summary>The headers as the client takes them.</summary>
    public ClientHeaders ClientHeaders => _clientHeaders;

    /// <summary>Writes the headers for the client without any of the library's own: those of the caller and the serializers, as they are.</summary>
    public void WriteOwnHeaders()
    {
        _clientHeaders.Begin(Headers.Count);
        for (var i = 0; i < Headers.Count; i++) _clientHeaders.Add(Headers[i]);
        Message.Headers = _clientHeaders.Finish();
    }

    /// <summary>The text of a new id (a UUID of version 7), in an array that lives as long as the record.</summary>
    public byte[] WriteId(DateTimeOffset time)
    {
        _ids.Next(time).TryFormat(_id, out _);
        return _id;
    }

    /// <summary>The text of a time in UTC (RFC 3339), in an array that lives as long as the record.</summary>
    public byte[] WriteTime(DateTimeOffset time)
    {
        time.UtcDateTime.TryFormat(_time, out _, "O", CultureInfo.InvariantCulture);
        return _time;
    }

    /// <summary>Adds the context of a span to the headers, unless the caller has given one: that is then the event's own.</summary>
    public void AddTraceContext(Activity span)
    {
        if (span.IdFormat != ActivityIdFormat.W3C || (Headers.Count != 0 && Headers.TryGetLast(TraceContext.Parent, out _))) return;

        TraceContext.Write(span, _traceParent);
        Headers.Add(TraceContext.Parent, _traceParent);
        if (span.TraceStateString is { Length: > 0 } state && !Headers.TryGetLast(TraceContext.State, out _)) Headers.Add(TraceContext.State, state);
    }

    /// <summary>Lets go of everything that belongs to the record, so that nothing is kept alive by its reuse.</summary>
    public void Clear()
    {
        Message.Key = null!;
        Message.Value = null!;
        Message.Headers = null!;
        Destination = null;
        Headers.Clear();
        _clientHeaders.Clear();
    }
}

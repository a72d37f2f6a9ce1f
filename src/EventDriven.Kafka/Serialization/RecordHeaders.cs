using Confluent.Kafka;

namespace EventDriven.Kafka.Serialization;

/// <summary>The headers of a record as middleware left them, or as the client has them where none has asked; nothing is converted.</summary>
internal readonly struct RecordHeaders
{
    private readonly EventHeaders? _read;
    private readonly Headers? _raw;

    public RecordHeaders(EventContext context)
    {
        _read = context.HeadersIfRead;
        _raw = _read is null ? context.RawHeaders as Headers : null;
    }

    public int Count => _read?.Count ?? _raw?.Count ?? 0;

    public string NameAt(int index) => _read is not null ? _read[index].Name : _raw![index].Key;

    /// <summary>The bytes of a header; none also where its value is null.</summary>
    public ReadOnlySpan<byte> ValueAt(int index) => _read is not null ? _read[index].Value.GetValueOrDefault().Span : _raw![index].GetValueBytes();
}

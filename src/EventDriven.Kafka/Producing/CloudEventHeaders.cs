using System.Text;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka.Producing;

/// <summary>
/// The headers of CloudEvents 1.0, Kafka protocol binding, binary content mode, that a producer adds to the headers of the caller. A header that the caller
/// gave under one of these names stands in place of the library's.
/// </summary>
internal sealed class CloudEventHeaders
{
    private static readonly byte[] Version1 = "1.0"u8.ToArray();

    private readonly byte[] _source;
    private readonly byte[] _type;
    private readonly byte[]? _contentType;

    /// <param name="source">The source, a URI reference.</param>
    /// <param name="type">The name of the event type.</param>
    /// <param name="contentType">The media type of the value; null where there is none to name.</param>
    public CloudEventHeaders(string source, string type, string? contentType)
    {
        _source = Encoding.UTF8.GetBytes(source);
        _type = Encoding.UTF8.GetBytes(type);
        _contentType = contentType is null ? null : Encoding.UTF8.GetBytes(contentType);
    }

    /// <summary>Writes the headers of a record for the client: those of the caller and the serializers first, then these.</summary>
    /// <param name="record">The record; its value is set.</param>
    /// <param name="time">When the event was produced.</param>
    public void Write(OutgoingRecord record, DateTimeOffset time)
    {
        var own = record.Headers;
        var contentType = record.Message.Value is null ? null : _contentType;
        var headers = record.ClientHeaders;

        var id = !Has(own, CloudEventNames.Id);
        var source = !Has(own, CloudEventNames.Source);
        var version = !Has(own, CloudEventNames.SpecVersion);
        var type = !Has(own, CloudEventNames.Type);
        var at = !Has(own, CloudEventNames.Time);
        var content = contentType is not null && !Has(own, CloudEventNames.ContentType);

        headers.Begin(own.Count + One(id) + One(source) + One(version) + One(type) + One(at) + One(content));
        for (var i = 0; i < own.Count; i++) headers.Add(own[i]);

        if (id) headers.Add(CloudEventNames.Id, record.WriteId(time));
        if (source) headers.Add(CloudEventNames.Source, _source);
        if (version) headers.Add(CloudEventNames.SpecVersion, Version1);
        if (type) headers.Add(CloudEventNames.Type, _type);
        if (at) headers.Add(CloudEventNames.Time, record.WriteTime(time));
        if (content) headers.Add(CloudEventNames.ContentType, contentType);

        record.Message.Headers = headers.Finish();
    }

    private static bool Has(EventHeaders headers, string name) => headers.Count != 0 && headers.TryGetLast(name, out _);

    private static int One(bool condition) => condition ? 1 : 0;
}

using System.Buffers.Binary;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Serialization;
using EventDriven.Kafka.Telemetry;
using EventDriven.Kafka.Tests.Parking;

namespace EventDriven.Kafka.Tests.Hostile;

/// <summary>Valid records of every kind that the library reads: what hostile ones are made of.</summary>
internal static class HostileSeeds
{
    private const long Written = 1_700_000_000_000;

    private const string Json = """{"id":"a1","number":7,"price":1.25,"at":"2026-03-01T12:00:00Z","kind":"Express","lines":[{"sku":"x","count":2},{"sku":"y","count":1}],"tags":{"a":"b"},"parent":null}""";

    public static IReadOnlyList<HostileRecord> All { get; } = [.. Parked(), .. Failed(), .. CloudEvents(), .. Keys(), new HostileRecord(null, null, [], -1)];

    /// <summary>The names of headers that mean something.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. All.SelectMany(static record => record.Headers).Select(static header => header.Key).Distinct(),
        CloudEventNames.Type, CloudEventNames.SpecVersion, CloudEventNames.ContentType, "Content-Type", TraceContext.Parent, TraceContext.State, "kafka_dlt-original-offset", FailureHeaders.Prefix,
    ];

    private static IEnumerable<HostileRecord> Parked()
    {
        var codec = new ParkedEntryCodec("inventory", HostileRecord.Topic);
        var random = new Random(7);
        return Enumerable.Range(0, 20).Select(_ => ParkedEntries.Random(random)).Select(entry => new HostileRecord(entry.Key, entry.Value, codec.WriteHeaders(entry), Written));
    }

    private static IEnumerable<HostileRecord> Failed()
    {
        var record = new ConsumedRecord
        {
            Topic = HostileRecord.Topic, Partition = 3, Offset = 42, TimestampMs = Written, Key = "k"u8.ToArray(), Value = Encoding.UTF8.GetBytes(Json), Headers = Texts((TraceContext.Parent, Trace)),
        };
        var failure = new EventFailure { Class = FailureClass.Transient, Error = new InvalidOperationException("poison"), Attempts = 4, FailedAt = DateTimeOffset.UnixEpoch, Handler = "Reserve" };
        foreach (var headers in new[]
        {
            FailureHeaders.Write(record, "inventory", failure, withMessage: true, withStack: true),
            FailureHeaders.Write(record, "inventory", failure, withMessage: true, withStack: true, withSpringHeaders: true),
            FailureHeaders.Write(record, "billing", failure, withMessage: false, withStack: false),
        })
        {
            FailureHeaders.Add(headers, FailureHeaders.Step, 1);
            FailureHeaders.Add(headers, FailureHeaders.DueAt, Written);
            FailureHeaders.Add(headers, FailureHeaders.Redriven, 2);
            yield return new HostileRecord(record.Key, record.Value, headers, Written);
        }
    }

    private const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static IEnumerable<HostileRecord> CloudEvents()
    {
        string Envelope(string rest) => $$"""{"specversion":"1.0","type":"com.example.placed","source":"/s","id":"1","time":"2026-03-01T12:00:00Z","ext":7,"flag":true{{rest}}}""";
        foreach (var value in new[]
        {
            Envelope($",\"datacontenttype\":\"application/json\",\"data\":{Json}"),
            Envelope(",\"datacontenttype\":\"text/plain\",\"data\":\"gr\\u00fcn\""),
            Envelope(",\"data_base64\":\"AQIDBA==\""),
            Envelope(""),
        })
        {
            yield return Record(value, (CloudEventNames.ContentType, "application/cloudevents+json; charset=utf-8"), (TraceContext.Parent, Trace), (TraceContext.State, "vendor=1"));
        }

        yield return Record(
            Json,
            (CloudEventNames.SpecVersion, "1.0"), (CloudEventNames.Type, "com.example.placed"), (CloudEventNames.Source, "/s"), (CloudEventNames.Id, "1"), (CloudEventNames.Time, "2026-03-01T12:00:00Z"),
            (CloudEventNames.ContentType, "application/json"), (TraceContext.Parent, Trace));
    }

    private static IEnumerable<HostileRecord> Keys()
    {
        var number = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(number, 1.5);
        byte[][] keys = ["\u00fcber"u8.ToArray(), Encoding.UTF8.GetBytes("0f8fad5b-d9cb-469f-a165-70867728950e"), [0, 7], [0, 0, 0, 7], number, []];
        return keys.Select(static key => new HostileRecord(key, Encoding.UTF8.GetBytes(Json), [], Written));
    }

    private static HostileRecord Record(string value, params (string Name, string Value)[] headers) => new("k"u8.ToArray(), Encoding.UTF8.GetBytes(value), Texts(headers), Written);

    private static Headers Texts(params (string Name, string Value)[] headers)
    {
        var all = new Headers();
        foreach (var (name, value) in headers) all.Add(name, Encoding.UTF8.GetBytes(value));
        return all;
    }
}

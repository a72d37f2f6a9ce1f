using Confluent.Kafka;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Hostile;

/// <summary>A record as somebody else may have written it.</summary>
internal sealed record HostileRecord(byte[]? Key, byte[]? Value, Headers Headers, long TimestampMs)
{
    public const string Topic = "orders";

    /// <summary>The bytes that came over the wire, and what a header weighs by itself.</summary>
    public long Size
    {
        get
        {
            long size = (Key?.Length ?? 0) + (Value?.Length ?? 0);
            foreach (var header in Headers) size += ConsumedRecord.HeaderOverhead + header.Key.Length + (header.GetValueBytes()?.Length ?? 0);
            return size;
        }
    }

    public ConsumedRecord ToConsumed(string topic = Topic, EventOrigin? origin = null) =>
        new() { Topic = topic, Partition = 3, Offset = 42, TimestampMs = TimestampMs, Key = Key, Value = Value, Headers = Headers.Count == 0 ? null : Headers, Origin = origin };

    public ConsumeResult<byte[]?, byte[]?> ToResult() => new()
    {
        TopicPartitionOffset = new TopicPartitionOffset(Topic, 3, 42),
        Message = new Message<byte[]?, byte[]?> { Key = Key, Value = Value, Headers = Headers, Timestamp = new Timestamp(TimestampMs, TimestampType.CreateTime) },
    };

    public override string ToString() =>
        $"at {TimestampMs}, key {Show(Key)}, value {Show(Value)}, {Headers.Count} headers: {string.Join(", ", Headers.Take(40).Select(static header => $"'{Cut(header.Key)}' = {Show(header.GetValueBytes())}"))}";

    private static string Show(byte[]? bytes) => bytes is null ? "null" : $"{Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 200)))} ({bytes.Length} bytes)";

    private static string Cut(string text) => string.Concat(text.Take(100).Select(static character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' ? character : '?'));
}

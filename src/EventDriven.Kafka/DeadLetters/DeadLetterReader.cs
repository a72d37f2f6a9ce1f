using System.Globalization;
using Confluent.Kafka;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka.DeadLetters;

/// <summary>Makes a dead letter of a record: what its headers say is believed only where it makes sense.</summary>
internal static class DeadLetterReader
{
    public static DeadLetter Read(ConsumeResult<byte[]?, byte[]?> record)
    {
        var headers = record.Message.Headers ?? [];
        var origin = FailureHeaders.Read(headers);
        return new DeadLetter
        {
            Topic = record.Topic,
            Partition = record.Partition,
            Offset = record.Offset,
            Timestamp = TimeOf(record.Message.Timestamp.UnixTimestampMs) ?? DateTimeOffset.UnixEpoch,
            Key = record.Message.Key is { } key ? new ReadOnlyMemory<byte>(key) : default(ReadOnlyMemory<byte>?),
            Value = record.Message.Value is { } value ? new ReadOnlyMemory<byte>(value) : default(ReadOnlyMemory<byte>?),
            Headers = ConfluentHeaders.To(headers),
            OriginalTopic = origin?.Partition.Topic,
            OriginalPartition = origin?.Partition.Partition,
            OriginalOffset = origin?.Offset,
            OriginalTimestamp = origin is null ? null : TimeOf(origin.TimestampMs),
            Group = FailureHeaders.TextOf(headers, FailureHeaders.Group),
            Handler = FailureHeaders.TextOf(headers, FailureHeaders.Prefix + "handler"),
            Attempts = origin?.Attempts ?? 0,
            FailureClass = FailureHeaders.TextOf(headers, FailureHeaders.FailureClass),
            ExceptionType = FailureHeaders.TextOf(headers, FailureHeaders.ExceptionType),
            ExceptionMessage = FailureHeaders.TextOf(headers, FailureHeaders.ExceptionMessage),
            ExceptionStack = FailureHeaders.TextOf(headers, FailureHeaders.ExceptionStack),
            FailedAt = DateTimeOffset.TryParseExact(
                FailureHeaders.TextOf(headers, FailureHeaders.FailedAt), "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var failedAt) ? failedAt : null,
            Redriven = origin?.Redriven ?? 0,
        };
    }

    private static DateTimeOffset? TimeOf(long milliseconds) =>
        milliseconds is >= 0 and <= 253_402_300_799_999 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}

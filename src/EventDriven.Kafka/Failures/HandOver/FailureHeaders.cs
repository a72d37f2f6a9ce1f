using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Failures;

/// <summary>
/// The headers that the library adds to the records of retry, parked and dead-letter topics: UTF-8 text, so that any tool can read them. On each hop they are
/// replaced, not appended, so that they do not grow. Those of the original stay as they are, byte for byte.
/// </summary>
internal static class FailureHeaders
{
    public const string Prefix = "eventdriven-";
    public const string OriginalTopic = Prefix + "original-topic";
    public const string OriginalPartition = Prefix + "original-partition";
    public const string OriginalOffset = Prefix + "original-offset";
    public const string OriginalTimestamp = Prefix + "original-timestamp";
    public const string Group = Prefix + "group";
    public const string Attempts = Prefix + "attempts";
    public const string FailureClass = Prefix + "failure-class";
    public const string ExceptionType = Prefix + "exception-type";
    public const string ExceptionMessage = Prefix + "exception-message";
    public const string ExceptionStack = Prefix + "exception-stack";
    public const string FailedAt = Prefix + "failed-at";
    public const string DueAt = Prefix + "due-at";
    public const string Step = Prefix + "step";
    public const string Redriven = Prefix + "redriven";

    /// <summary>An attempt count that is not believed beyond this.</summary>
    public const int MostAttempts = 1_000_000;

    private const int LongestMessage = 1024;
    private const int LongestStack = 8 * 1024;

    /// <summary>The headers of a record that carries a failed event on: those of the original, and ours.</summary>
    /// <param name="record">The record that failed.</param>
    /// <param name="group">The group whose event it is.</param>
    /// <param name="failure">How it failed.</param>
    /// <param name="withMessage">Whether there is room for the exception's message.</param>
    /// <param name="withStack">Whether there is room for its stack.</param>
    public static Headers Write(in ConsumedRecord record, string group, EventFailure failure, bool withMessage, bool withStack)
    {
        var headers = WithoutOurs((Headers?)record.Headers);
        var origin = record.Origin;
        Add(headers, OriginalTopic, origin?.Partition.Topic ?? record.Topic);
        Add(headers, OriginalPartition, origin?.Partition.Partition ?? record.Partition);
        Add(headers, OriginalOffset, origin?.Offset ?? record.Offset);
        Add(headers, OriginalTimestamp, origin?.TimestampMs ?? record.TimestampMs);
        Add(headers, Group, group);
        Add(headers, Attempts, failure.Attempts);
        Add(headers, FailureClass, NameOf(failure.Class));
        Add(headers, ExceptionType, failure.Error.GetType().FullName ?? failure.Error.GetType().Name);
        if (withMessage)
        {
            Add(headers, ExceptionMessage, Shorten(failure.Error.Message, LongestMessage));
        }

        if (withStack && failure.Error.StackTrace is { } stack)
        {
            Add(headers, ExceptionStack, Shorten(stack, LongestStack));
        }

        Add(headers, FailedAt, failure.FailedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        if (origin is { Redriven: > 0 and var redriven })
        {
            Add(headers, Redriven, redriven);
        }

        return headers;
    }

    /// <summary>The headers of the event itself.</summary>
    public static Headers WithoutOurs(Headers? headers)
    {
        var own = new Headers();
        foreach (var header in headers ?? [])
        {
            if (!header.Key.StartsWith(Prefix, StringComparison.Ordinal))
            {
                own.Add(header);
            }
        }

        return own;
    }

    /// <summary>What a record says of its event; null where it does not say where it was read first.</summary>
    public static EventOrigin? Read(Headers? headers)
    {
        if (headers is null || TextOf(headers, OriginalTopic) is not { Length: > 0 and <= DerivedTopics.MaxLength } topic
            || NumberOf(headers, OriginalPartition) is not (>= 0 and <= int.MaxValue and var partition)
            || NumberOf(headers, OriginalOffset) is not (>= 0 and var offset))
        {
            return null;
        }

        return new EventOrigin
        {
            Partition = new PartitionId(topic, (int)partition),
            Offset = offset,
            TimestampMs = NumberOf(headers, OriginalTimestamp) ?? -1,
            Attempts = (int)Math.Clamp(NumberOf(headers, Attempts) ?? 0, 0, MostAttempts),
            Step = (int)Math.Clamp(NumberOf(headers, Step) ?? -1, -1, MostAttempts),
            Redriven = (int)Math.Clamp(NumberOf(headers, Redriven) ?? 0, 0, MostAttempts),
        };
    }

    /// <summary>A header as text; null where there is none, or several, or it is no UTF-8 or longer than any that we write.</summary>
    public static string? TextOf(Headers headers, string name)
    {
        var bytes = Serialization.ConfluentHeaders.GetOnlyBytes(headers, name);
        return bytes.IsEmpty || bytes.Length > LongestStack || !System.Text.Unicode.Utf8.IsValid(bytes) ? null : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>A header as a whole number; null where it is anything else.</summary>
    public static long? NumberOf(Headers headers, string name)
    {
        var bytes = Serialization.ConfluentHeaders.GetOnlyBytes(headers, name);
        return Utf8Parser.TryParse(bytes, out long number, out var read) && read == bytes.Length ? number : null;
    }

    public static void Add(Headers headers, string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));

    public static void Add(Headers headers, string name, long value) => Add(headers, name, value.ToString(CultureInfo.InvariantCulture));

    public static string NameOf(FailureClass failure) => failure switch
    {
        Failures.FailureClass.Fatal => "fatal",
        Failures.FailureClass.Outage => "outage",
        Failures.FailureClass.Lethal => "lethal",
        _ => "transient",
    };

    /// <summary>A text cut to so many bytes of UTF-8, between two characters.</summary>
    private static string Shorten(string text, int bytes)
    {
        if (text.Length * 3 <= bytes || Encoding.UTF8.GetByteCount(text) <= bytes)
        {
            return text;
        }

        var room = bytes - 3;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((room -= rune.Utf8SequenceLength) < 0)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return string.Concat(text.AsSpan(0, length), "…");
    }
}

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
    public const string Handler = Prefix + "handler";
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

    /// <summary>What all of ours take at most, without the exception's message and stack: room that a topic needs beyond what its source takes.</summary>
    public const int Room = 4 * 1024;

    /// <summary>What the exception's message and stack take at most.</summary>
    public const int RoomOfDiagnostics = LongestMessage + LongestStack + 1024;

    private const int LongestName = 512;
    private const int LongestMessage = 1024;
    private const int LongestStack = 8 * 1024;

    /// <summary>The headers of a record that carries a failed event on: those of the original, and ours.</summary>
    /// <param name="record">The record that failed.</param>
    /// <param name="group">The group whose event it is.</param>
    /// <param name="failure">How it failed.</param>
    /// <param name="withMessage">Whether there is room for the exception's message.</param>
    /// <param name="withStack">Whether there is room for its stack.</param>
    /// <param name="withSpringHeaders">Whether those of spring-kafka are written as well.</param>
    public static Headers Write(in ConsumedRecord record, string group, EventFailure failure, bool withMessage, bool withStack, bool withSpringHeaders = false)
    {
        var headers = WithoutOurs((Headers?)record.Headers, withSpringHeaders);
        var source = record.Origin ?? new EventOrigin { Partition = new PartitionId(record.Topic, record.Partition), Offset = record.Offset, TimestampMs = record.TimestampMs };
        var message = withMessage ? TextOf(failure.Error, LongestMessage, static error => error.Message) : null;
        var stack = withStack ? TextOf(failure.Error, LongestStack, static error => error.StackTrace) : null;
        Add(headers, OriginalTopic, source.Partition.Topic);
        Add(headers, OriginalPartition, source.Partition.Partition);
        Add(headers, OriginalOffset, source.Offset);
        Add(headers, OriginalTimestamp, source.TimestampMs);
        Add(headers, Group, group);
        if (failure.Handler is { } handler)
        {
            Add(headers, Handler, Shorten(handler, LongestName));
        }

        Add(headers, Attempts, failure.Attempts);
        Add(headers, FailureClass, NameOf(failure.Class));
        Add(headers, ExceptionType, NameOf(failure.Error));
        if (message is not null)
        {
            Add(headers, ExceptionMessage, message);
        }

        if (stack is not null)
        {
            Add(headers, ExceptionStack, stack);
        }

        Add(headers, FailedAt, failure.FailedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        if (source.Redriven > 0)
        {
            Add(headers, Redriven, source.Redriven);
        }

        if (withSpringHeaders)
        {
            SpringHeaders.Add(headers, source, group, failure.Error, message, stack);
        }

        return headers;
    }

    /// <summary>The headers of the event itself.</summary>
    /// <param name="headers">All headers of a record.</param>
    /// <param name="orSprings">Whether those of spring-kafka are left out as well, since they are written anew.</param>
    public static Headers WithoutOurs(Headers? headers, bool orSprings = false)
    {
        var own = new Headers();
        foreach (var header in headers ?? [])
        {
            if (!header.Key.StartsWith(Prefix, StringComparison.Ordinal) && !(orSprings && header.Key.StartsWith(SpringHeaders.Prefix, StringComparison.Ordinal)))
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

    /// <summary>The type of an exception, as it is written.</summary>
    public static string NameOf(Exception error) => Shorten(error.GetType().FullName ?? error.GetType().Name, LongestName);

    public static string NameOf(FailureClass failure) => failure switch
    {
        Failures.FailureClass.Fatal => "fatal",
        Failures.FailureClass.Outage => "outage",
        Failures.FailureClass.Lethal => "lethal",
        _ => "transient",
    };

    /// <summary>A text of an exception, whose class is the application's and may throw here too: that must not keep the event from being handed over.</summary>
    private static string? TextOf(Exception error, int longest, Func<Exception, string?> read)
    {
        try
        {
            return read(error) is { } text ? Shorten(text, longest) : null;
        }
#pragma warning disable CA1031 // Whatever it throws, the event matters more.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

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

using System.Buffers.Binary;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Failures;

/// <summary>
/// The headers of spring-kafka's <c>DeadLetterPublishingRecoverer</c>, in its forms: numbers are binary, big-endian, everything else is text. The type of the
/// timestamp, which it writes as well, is not known here.
/// </summary>
internal static class SpringHeaders
{
    public const string Prefix = "kafka_dlt-";

    /// <summary>Adds them.</summary>
    /// <param name="headers">The headers, without any of these.</param>
    /// <param name="source">Where the event was read first.</param>
    /// <param name="group">The group whose event it is.</param>
    /// <param name="error">What its last attempt has failed with.</param>
    /// <param name="message">The exception's message, shortened; null to leave it out.</param>
    /// <param name="stack">The exception's stack, shortened; null to leave it out.</param>
    public static void Add(Headers headers, EventOrigin source, string group, Exception error, string? message, string? stack)
    {
        AddText(headers, "original-topic", source.Partition.Topic);
        var number = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(number, source.Partition.Partition);
        headers.Add(Prefix + "original-partition", number);
        AddLong(headers, "original-offset", source.Offset);
        AddLong(headers, "original-timestamp", source.TimestampMs);
        AddText(headers, "original-consumer-group", group);
        AddText(headers, "exception-fqcn", FailureHeaders.NameOf(error));
        if (error.InnerException is { } cause)
        {
            AddText(headers, "exception-cause-fqcn", FailureHeaders.NameOf(cause));
        }

        if (message is not null)
        {
            AddText(headers, "exception-message", message);
        }

        if (stack is not null)
        {
            AddText(headers, "exception-stacktrace", stack);
        }
    }

    private static void AddText(Headers headers, string name, string value) => headers.Add(Prefix + name, Encoding.UTF8.GetBytes(value));

    private static void AddLong(Headers headers, string name, long value)
    {
        var number = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, value);
        headers.Add(Prefix + name, number);
    }
}

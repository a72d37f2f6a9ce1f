using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;
using Confluent.Kafka;

namespace EventDriven.Kafka.Configuration;

/// <summary>The names of the Kafka client's settings, and which kind of client each is for.</summary>
/// <remarks>
/// Read from the properties of the client's own configuration classes, so that the settings of a newer client are known without a new version of this
/// library; what the client accepts without having a property for it is listed here.
/// </remarks>
internal static class ClientSettingNames
{
    private static readonly string[] CommonWithoutProperty =
    [
        "builtin.features", "client.software.name", "client.software.version", "enable.sparse.connections", "log_level", "max.in.flight.requests.per.connection",
        "metadata.broker.list", "metadata.request.timeout.ms", "reconnect.backoff.jitter.ms", "sasl.mechanisms", "socket.blocking.max.ms",
        "test.mock.broker.rtt", "test.mock.num.brokers", "topic.metadata.refresh.fast.cnt", "dotnet.cancellation.delay.max.ms",
    ];

    private static readonly string[] ConsumerWithoutProperty =
    [
        "auto.commit.enable", "consume.callback.max.messages", "fetch.message.max.bytes", "offset.store.method", "offset.store.path", "offset.store.sync.interval.ms",
        "dotnet.consumer.consume.result.fields",
    ];

    private static readonly string[] ProducerWithoutProperty =
    [
        "compression.codec", "delivery.report.only.error", "delivery.timeout.ms", "produce.offset.report", "queue.buffering.max.ms", "queuing.strategy",
        "request.required.acks", "retries", "dotnet.producer.delivery.report.fields", "dotnet.producer.enable.background.poll",
        "dotnet.producer.enable.delivery.reports",
        // A property of the common class, though only producers take it.
        "acks",
    ];

    private static readonly FrozenSet<string> ConsumerOnly = NamesOf(typeof(ConsumerConfig)).Concat(ConsumerWithoutProperty).ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> ProducerOnly = NamesOf(typeof(ProducerConfig)).Concat(ProducerWithoutProperty).ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Common = NamesOf(typeof(ClientConfig)).Concat(CommonWithoutProperty).Except(ProducerWithoutProperty)
        .ToFrozenSet(StringComparer.Ordinal);

    public static IEnumerable<string> All => Common.Concat(ConsumerOnly).Concat(ProducerOnly);

    public static bool IsKnown(string name) => Common.Contains(name) || ConsumerOnly.Contains(name) || ProducerOnly.Contains(name);

    public static bool IsConsumerOnly(string name) => ConsumerOnly.Contains(name);

    public static bool IsProducerOnly(string name) => ProducerOnly.Contains(name);

    private static IEnumerable<string> NamesOf([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type type) =>
        from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where property.CanWrite
        select Dotted(property.Name);

    /// <summary>The client's own naming rule: <c>FetchMinBytes</c> is <c>fetch.min.bytes</c>.</summary>
    private static string Dotted(string propertyName)
    {
        var name = new StringBuilder(propertyName.Length + 8);
        foreach (var letter in propertyName)
        {
            if (char.IsUpper(letter) && name.Length > 0) name.Append('.');
            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }
}

using System.Globalization;
using Confluent.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Security;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Parking;

/// <summary>
/// Makes the clients that read parked logs: they are assigned by hand, subscribe to nothing and commit nothing, so that they are no members of the group whose name
/// they carry. (The client must have one, and the consumer has the right to its own.)
/// </summary>
internal static class ConfluentParkedClient
{
    /// <summary>The part of a consumer's budget that each of its readers may prefetch, and the bounds of it.</summary>
    private const int BudgetPart = 8;
    private const long LeastPrefetch = 1024 * 1024;
    private const long MostPrefetch = 16 * 1024 * 1024;

    /// <summary>How long a topic may be unknown to the brokers before that counts: a new one takes a moment to be known to all.</summary>
    private const int UnknownTopicMs = 10_000;

    /// <summary>How many bytes a reader may hold in its client, and as many again in its buffers.</summary>
    public static long PrefetchOf(EventConsumerOptions options) => Math.Clamp(options.MaxBufferedBytes / BudgetPart, LeastPrefetch, MostPrefetch);

    /// <summary>The settings: those of the consumer's own client, where they are not about groups.</summary>
    public static ConsumerConfig CreateConfig(ConsumerSettings consumer)
    {
        var settings = consumer.CreateClientConfig()
            .Where(static setting => GroupProtocolSettings.ReasonAgainst(setting.Key, ConsumerGroupProtocol.Classic) is null)
            .ToDictionary(StringComparer.Ordinal);

        // A follower may not have yet what was acknowledged.
        settings.Remove("client.rack");
        settings["topic.metadata.propagation.max.ms"] = UnknownTopicMs.ToString(CultureInfo.InvariantCulture);
        return new ConsumerConfig(settings)
        {
            GroupId = consumer.Group,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            // A position that is gone must be noticed, never passed over.
            AutoOffsetReset = AutoOffsetReset.Error,
            EnablePartitionEof = true,
            // What is in a transaction that was aborted is not there: to take such a marker for one would lose its event. So it is too for a consumer that has no transactions any more.
            IsolationLevel = IsolationLevel.ReadCommitted,
            QueuedMaxMessagesKbytes = (int)(PrefetchOf(consumer.Options) / 1024),
            QueuedMinMessages = 50_000,
        };
    }

    public static IConsumer<byte[]?, byte[]?> Create(ConsumerConfig config, ClientTokens? tokens, Action<Error> onError, Action<LogMessage> onLog)
    {
        var builder = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetErrorHandler((_, error) => onError(error))
            .SetLogHandler((_, line) => onLog(line));
        if (tokens is not null)
        {
            builder.SetOAuthBearerTokenRefreshHandler((client, _) => tokens.Refresh(client));
        }

        return builder.Build();
    }
}

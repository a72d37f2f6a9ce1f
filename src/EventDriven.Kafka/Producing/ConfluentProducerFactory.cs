using Confluent.Kafka;

namespace EventDriven.Kafka.Producing;

/// <summary>Makes the client itself.</summary>
internal static class ConfluentProducerFactory
{
    /// <summary>A factory for one set of settings, with what <see cref="ProducerConnection"/> relies on.</summary>
    public static ProducerFactory For(ProducerConfig settings)
    {
        var config = new ProducerConfig(settings.ToDictionary(StringComparer.Ordinal))
        {
            EnableDeliveryReports = true,
            // Key, value and headers would be built again for every report, and nobody asks for them.
            DeliveryReportFields = "timestamp,status",
            // The connection has a thread of its own for this, which also knows when there is room again.
            EnableBackgroundPoll = false,
        };
        return (onError, onLog, tokens) =>
        {
            var builder = new ProducerBuilder<byte[], byte[]>(config)
                .SetErrorHandler((_, error) => onError(error))
                .SetLogHandler((_, line) => onLog(line));
            if (tokens is not null) builder.SetOAuthBearerTokenRefreshHandler((client, _) => tokens.Refresh(client));
            return builder.Build();
        };
    }
}

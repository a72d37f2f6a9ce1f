using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Parking;

/// <summary>Makes the parked logs of consumers. Thread-safe.</summary>
internal sealed class ParkedLogs(IServiceProvider services, HandOverLogs handOvers, TokenSources tokens, TimeProvider time)
{
    /// <summary>The parked logs of one consumer, for one run of its client. Makes no client yet.</summary>
    /// <param name="consumer">The consumer.</param>
    /// <param name="logger">For the clients.</param>
    /// <param name="topicOf">The parked topic of a source topic; null for the name that is derived from both.</param>
    public IParkedLogs For(ConsumerSettings consumer, ILogger logger, Func<string, string>? topicOf = null) => new ConfluentParkedLogs(
        consumer,
        topicOf ?? (source => consumer.Topics.Parked(source)),
        handOvers.For(consumer, logger),
        services.GetKeyedService<IParkedLogTrimmer>(consumer.Cluster),
        tokens,
        time,
        logger);
}

using EventDriven.Kafka;

namespace EventDriven.Chaos.Services;

/// <summary>What a handler makes of an event, and writes in a transaction.</summary>
/// <param name="Key">The key of the event; empty where it has none.</param>
/// <param name="Topic">Where the event stands.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
internal sealed record ChaosOutput(string Key, string Topic, int Partition, long Offset)
{
    public static ChaosOutput Of(ChaosEvent received, EventContext context) => new(received.Key ?? "", context.Topic, context.Partition, context.Offset);
}

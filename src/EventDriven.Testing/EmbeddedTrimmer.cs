using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;

namespace EventDriven.Testing;

/// <summary>Trims parked logs natively, since the embedded Kafka has no request for it.</summary>
internal sealed class EmbeddedTrimmer(EmbeddedKafka kafka) : IParkedLogTrimmer
{
    public void Trim(PartitionId parked, long before)
    {
        try
        {
            kafka.DeleteRecords(parked.Topic, parked.Partition, before);
        }
        catch (EmbeddedKafkaException refused)
        {
            throw new ParkedLogException($"The parked log {parked} can't be trimmed: {refused.Message}", isRefused: false, refused);
        }
    }
}

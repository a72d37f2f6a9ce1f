namespace EventDriven.Kafka.Serialization;

/// <summary>A serializer that was given for one direction only, so that the start can refuse it for the other.</summary>
internal interface IOneWaySerializer
{
    bool CanRead { get; }

    bool CanWrite { get; }
}

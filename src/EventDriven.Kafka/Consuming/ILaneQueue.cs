namespace EventDriven.Kafka.Consuming;

/// <summary>Where lanes go whose next record may start. Thread-safe.</summary>
internal interface ILaneQueue
{
    void Enqueue(Lane lane);

    /// <summary>Takes lanes that became ready together.</summary>
    void EnqueueAll(List<Lane> lanes);
}

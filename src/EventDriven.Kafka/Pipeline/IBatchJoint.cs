namespace EventDriven.Kafka.Pipeline;

/// <summary>Where the events of a batch come together, each at the end of its own way through middleware and deserialization.</summary>
internal interface IBatchJoint
{
    /// <summary>Makes a place for the events of one batch at a time.</summary>
    JoinedEvents NewEvents();
}

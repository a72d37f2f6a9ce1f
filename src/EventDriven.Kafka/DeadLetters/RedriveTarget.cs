namespace EventDriven.Kafka;

/// <summary>Where dead letters are put back.</summary>
public enum RedriveTarget
{
    /// <summary>
    /// The topic and partition that each was read from first: every group that reads the topic gets it, as if it had been produced again. Choose it where the event
    /// itself was at fault for all, or where one group reads the topic.
    /// </summary>
    OriginalTopic = 0,

    /// <summary>
    /// The group that it failed in, and no other: its parked topic where it keeps key order, so that the event runs in its key's turn; else its first retry topic, due now.
    /// </summary>
    Group,
}

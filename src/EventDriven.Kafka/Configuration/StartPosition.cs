namespace EventDriven.Kafka;

/// <summary>Where a consumer starts on a partition for which its group has no committed position and <see cref="EventConsumerOptions.StartOffsets"/> names none.</summary>
public enum StartPosition
{
    /// <summary>At the oldest record that the broker still holds.</summary>
    Earliest = 0,

    /// <summary>
    /// After the newest record at the time of the first assignment. The position is committed at once, so that nothing written later is missed. A topic that comes to
    /// match a pattern while the consumer runs is read from its oldest record on: all that it holds is newer than the start of the consumer.
    /// </summary>
    Latest,

    /// <summary>At the first record whose timestamp is not before <see cref="EventConsumerOptions.StartTimestamp"/>; after the newest record where there is none.</summary>
    Timestamp,
}

namespace EventDriven.Kafka;

/// <summary>What happens when one event has been in its handler for longer than <see cref="EventConsumerOptions.StuckAfter"/>.</summary>
public enum StuckAction
{
    /// <summary>Log it once and turn the health check red; everything else goes on.</summary>
    Report = 0,

    /// <summary>Report it, then stop this consumer, so that its partitions go to other members of the group.</summary>
    LeaveGroup,

    /// <summary>Report it, then stop the host.</summary>
    StopHost,
}

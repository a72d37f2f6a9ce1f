namespace EventDriven.Kafka;

/// <summary>Where a consumer is in its life.</summary>
public enum ConsumerState
{
    /// <summary>The host has not started it yet, or it is on its way into the group for the first time.</summary>
    Starting = 0,

    /// <summary>The first contact with the cluster has failed: no broker answers, or a topic is missing. It starts by itself once that is mended.</summary>
    WaitingForCluster,

    /// <summary>It reads and handles events. Some of its partitions may be stopped or paused.</summary>
    Running,

    /// <summary>It finishes what is under way.</summary>
    Stopping,

    /// <summary>It has ended because the host stops, or because an option said so.</summary>
    Stopped,

    /// <summary>It can't go on, or its group does not take it in. It tries again by itself, or by option has ended.</summary>
    Failed,

    /// <summary>No topic of the cluster matches any of its patterns. It reads those that appear by itself.</summary>
    WaitingForTopics,
}

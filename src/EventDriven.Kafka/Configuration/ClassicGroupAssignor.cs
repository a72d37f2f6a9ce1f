namespace EventDriven.Kafka;

/// <summary>How the members of a group share its partitions in the classic protocol. All members of a group must have the same.</summary>
public enum ClassicGroupAssignor
{
    /// <summary><c>cooperative-sticky</c>: a rebalance moves only what must move; the other partitions go on meanwhile.</summary>
    CooperativeSticky = 0,

    /// <summary>
    /// <c>range</c>: what most clients have unless told otherwise, for joining a group whose members have it. Each rebalance takes all partitions from all members
    /// and assigns them anew.
    /// </summary>
    Range,

    /// <summary><c>roundrobin</c>: for joining a group whose members have it. Each rebalance takes all partitions from all members and assigns them anew.</summary>
    RoundRobin,
}

namespace EventDriven.Testing;

/// <summary>A request of the Kafka protocol in which an <see cref="EmbeddedKafka"/> can be made to fail. The values are the protocol's API keys.</summary>
public enum KafkaRequest
{
    /// <summary>A producer writes records.</summary>
    Produce = 0,

    /// <summary>A consumer reads records.</summary>
    Fetch = 1,

    /// <summary>A client asks for the first or the last offset of partitions.</summary>
    ListOffsets = 2,

    /// <summary>A client asks for brokers, topics and leaders. Only <see cref="KafkaFault.Disconnect"/> and delays apply to it.</summary>
    Metadata = 3,

    /// <summary>A group member commits offsets.</summary>
    OffsetCommit = 8,

    /// <summary>A group member asks for committed offsets.</summary>
    OffsetFetch = 9,

    /// <summary>A client looks for the broker that coordinates its group or transaction.</summary>
    FindCoordinator = 10,

    /// <summary>A member joins a group of the classic protocol.</summary>
    JoinGroup = 11,

    /// <summary>A member of a group of the classic protocol reports.</summary>
    Heartbeat = 12,

    /// <summary>A member leaves a group of the classic protocol.</summary>
    LeaveGroup = 13,

    /// <summary>A member of a group of the classic protocol gets its assignment.</summary>
    SyncGroup = 14,

    /// <summary>An idempotent or transactional producer asks for its id.</summary>
    InitProducerId = 22,

    /// <summary>A consumer validates its position after a change of leader.</summary>
    OffsetForLeaderEpoch = 23,

    /// <summary>A transactional producer adds partitions to its transaction.</summary>
    AddPartitionsToTransaction = 24,

    /// <summary>A transactional producer adds a group's offsets to its transaction.</summary>
    AddOffsetsToTransaction = 25,

    /// <summary>A transactional producer commits or aborts.</summary>
    EndTransaction = 26,

    /// <summary>A transactional producer commits a group's offsets.</summary>
    TransactionOffsetCommit = 28,

    /// <summary>A member of a group of the consumer protocol (KIP-848) joins, reports or leaves.</summary>
    ConsumerGroupHeartbeat = 68,
}

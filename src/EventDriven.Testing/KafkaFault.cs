namespace EventDriven.Testing;

/// <summary>
/// What an <see cref="EmbeddedKafka"/> answers when it is made to fail. Apart from <see cref="Disconnect"/>, the values are the error codes
/// of the Kafka protocol, under its names. Which of them a real broker sends for which request is for the test to know.
/// </summary>
public enum KafkaFault
{
    /// <summary>The connection is cut instead of an answer.</summary>
    Disconnect = -195,

    /// <summary>The broker met an error that it did not expect.</summary>
    UnknownServerError = -1,

    /// <summary>No fault; not accepted as one.</summary>
    None = 0,

    /// <summary>The offset is not in the partition's log.</summary>
    OffsetOutOfRange = 1,

    /// <summary>A record's checksum does not match.</summary>
    CorruptMessage = 2,

    /// <summary>The topic or the partition does not exist, or not yet.</summary>
    UnknownTopicOrPartition = 3,

    /// <summary>The partition has no leader at the moment.</summary>
    LeaderNotAvailable = 5,

    /// <summary>This broker does not lead the partition.</summary>
    NotLeaderOrFollower = 6,

    /// <summary>The request took longer than its time.</summary>
    RequestTimedOut = 7,

    /// <summary>The record is larger than the broker accepts.</summary>
    MessageTooLarge = 10,

    /// <summary>The metadata beside a committed offset is larger than the broker accepts.</summary>
    OffsetMetadataTooLarge = 12,

    /// <summary>The coordinator is still loading its state.</summary>
    CoordinatorLoadInProgress = 14,

    /// <summary>There is no coordinator at the moment.</summary>
    CoordinatorNotAvailable = 15,

    /// <summary>This broker is not the coordinator.</summary>
    NotCoordinator = 16,

    /// <summary>Fewer replicas are in sync than <c>min.insync.replicas</c> asks for; nothing was written.</summary>
    NotEnoughReplicas = 19,

    /// <summary>Written, but by fewer replicas than <c>min.insync.replicas</c> asks for.</summary>
    NotEnoughReplicasAfterAppend = 20,

    /// <summary>The member's generation is not the group's.</summary>
    IllegalGeneration = 22,

    /// <summary>The group does not know the member.</summary>
    UnknownMemberId = 25,

    /// <summary>The group is rebalancing.</summary>
    RebalanceInProgress = 27,

    /// <summary>The client may not access the topic.</summary>
    TopicAuthorizationFailed = 29,

    /// <summary>The client may not access the group.</summary>
    GroupAuthorizationFailed = 30,

    /// <summary>The client may not do this in the cluster.</summary>
    ClusterAuthorizationFailed = 31,

    /// <summary>The broker does not speak this version of the request.</summary>
    UnsupportedVersion = 35,

    /// <summary>The broker is not the controller.</summary>
    NotController = 41,

    /// <summary>The cluster's policy forbids it.</summary>
    PolicyViolation = 44,

    /// <summary>A producer's sequence has a gap.</summary>
    OutOfOrderSequenceNumber = 45,

    /// <summary>A producer's batch is there already.</summary>
    DuplicateSequenceNumber = 46,

    /// <summary>A producer with this transactional id and a later epoch exists.</summary>
    InvalidProducerEpoch = 47,

    /// <summary>The producer's state does not allow the transactional request.</summary>
    InvalidTransactionState = 48,

    /// <summary>A transaction of this producer is still being completed.</summary>
    ConcurrentTransactions = 51,

    /// <summary>The client may not use the transactional id.</summary>
    TransactionalIdAuthorizationFailed = 53,

    /// <summary>The broker cannot use its disk.</summary>
    StorageError = 56,

    /// <summary>The broker does not know the producer's id.</summary>
    UnknownProducerId = 59,

    /// <summary>The client's leader epoch is older than the broker's.</summary>
    FencedLeaderEpoch = 74,

    /// <summary>The client's leader epoch is newer than the broker's.</summary>
    UnknownLeaderEpoch = 75,

    /// <summary>Another member with the same <c>group.instance.id</c> has taken over (classic protocol).</summary>
    FencedInstanceId = 82,

    /// <summary>The record failed the broker's validation.</summary>
    InvalidRecord = 87,

    /// <summary>A commit is refused while a transaction on the offset is open.</summary>
    UnstableOffsetCommit = 88,

    /// <summary>The client exceeded its quota.</summary>
    ThrottlingQuotaExceeded = 89,

    /// <summary>A newer producer with the same transactional id has taken over.</summary>
    ProducerFenced = 90,

    /// <summary>The member's epoch was fenced by the coordinator (KIP-848).</summary>
    FencedMemberEpoch = 110,

    /// <summary>Another member with the same <c>group.instance.id</c> is still alive (KIP-848).</summary>
    UnreleasedInstanceId = 111,

    /// <summary>The group does not know the assignor that the member asks for (KIP-848).</summary>
    UnsupportedAssignor = 112,

    /// <summary>The member's epoch is older than the coordinator's (KIP-848).</summary>
    StaleMemberEpoch = 113,
}

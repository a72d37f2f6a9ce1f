namespace EventDriven.Testing;

/// <summary>How an <see cref="EmbeddedKafka"/> starts. Read once, by <see cref="EmbeddedKafka.Start"/>.</summary>
public sealed class EmbeddedKafkaOptions
{
    internal const int MaxBrokers = 16;

    /// <summary>
    /// The number of brokers, 1 to 16; their ids are 1 to this number. The default value is 1.
    /// Leader moves and the loss of one broker among several need more.
    /// </summary>
    public int Brokers { get; set; } = 1;

    /// <summary>
    /// Which group protocols the brokers speak. The default value is <see cref="EmbeddedGroupProtocols.Consumer"/>.
    /// </summary>
    public EmbeddedGroupProtocols GroupProtocols { get; set; } = EmbeddedGroupProtocols.Consumer;

    /// <summary>
    /// How often members of a group of the consumer protocol (KIP-848) report to the broker, and so how fast a rebalance goes.
    /// The default value is 200 milliseconds; at least 10.
    /// </summary>
    public TimeSpan ConsumerGroupHeartbeatInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long after its last heartbeat a member of a group of the consumer protocol (KIP-848) counts as dead.
    /// The default value is 5 seconds; at least 2, so that a busy machine is not mistaken for a dead member.
    /// </summary>
    public TimeSpan ConsumerGroupSessionTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether partitions may lose their leader (<see cref="EmbeddedKafkaFaults.RemoveLeader"/>). The default value is <see langword="false"/>.
    /// When <see langword="true"/>, the brokers speak Produce up to version 9 and Fetch up to version 11 only: with later versions a request
    /// for a partition without a leader ends the process. It must be known at start, because clients agree on versions when they connect.
    /// </summary>
    public bool AllowLeaderlessPartitions { get; set; }

    /// <summary>
    /// The largest request that a broker accepts, in bytes, 1,000 to 2,147,483,135. The default value is 100,000,000.
    /// A larger one costs its client the connection.
    /// </summary>
    public int MaxRequestBytes { get; set; } = 100_000_000;

    internal void Validate()
    {
        ThrowUnless(Brokers is >= 1 and <= MaxBrokers, nameof(Brokers), Brokers, $"1 to {MaxBrokers} brokers are possible.");
        ThrowUnless(
            GroupProtocols is > 0 and <= (EmbeddedGroupProtocols.Consumer | EmbeddedGroupProtocols.Classic),
            nameof(GroupProtocols), GroupProtocols, "Choose Consumer, Classic, or both.");
        ThrowUnless(
            ConsumerGroupHeartbeatInterval >= TimeSpan.FromMilliseconds(10) && ConsumerGroupHeartbeatInterval < ConsumerGroupSessionTimeout,
            nameof(ConsumerGroupHeartbeatInterval), ConsumerGroupHeartbeatInterval, "At least 10 milliseconds and less than the session timeout.");
        ThrowUnless(
            ConsumerGroupSessionTimeout >= TimeSpan.FromSeconds(2) && ConsumerGroupSessionTimeout <= TimeSpan.FromHours(1),
            nameof(ConsumerGroupSessionTimeout), ConsumerGroupSessionTimeout, "From 2 seconds to an hour.");
        ThrowUnless(MaxRequestBytes is >= 1_000 and <= 2_147_483_135, nameof(MaxRequestBytes), MaxRequestBytes, "From 1,000 to 2,147,483,135 bytes.");
    }

    private static void ThrowUnless(bool valid, string property, object value, string remedy)
    {
        if (!valid)
            throw new ArgumentOutOfRangeException(property, value, $"{nameof(EmbeddedKafkaOptions)}.{property} is {value}. {remedy}");
    }
}

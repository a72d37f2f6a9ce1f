namespace EventDriven.Testing;

/// <summary>The consumer group protocols that an <see cref="EmbeddedKafka"/> can speak.</summary>
[Flags]
public enum EmbeddedGroupProtocols
{
    /// <summary>No protocol at all; not accepted by <see cref="EmbeddedKafkaOptions.GroupProtocols"/>.</summary>
    None = 0,

    /// <summary>
    /// The consumer protocol (KIP-848, <c>group.protocol=consumer</c>): rebalances in well under a second, as a real broker does.
    /// </summary>
    Consumer = 1,

    /// <summary>
    /// The classic protocol (<c>group.protocol=classic</c>, the client's own default). Ask for it only where a test is about it:
    /// a rebalance of a group that has members takes the session timeout less one second and refuses commits meanwhile, which no real broker
    /// does, and <b>two members of one group whose first assignors differ (say <c>range</c> and <c>cooperative-sticky</c>) end the whole
    /// process</b>. Give all members of a group the same <c>partition.assignment.strategy</c>.
    /// </summary>
    Classic = 2,
}

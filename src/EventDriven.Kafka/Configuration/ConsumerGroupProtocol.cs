namespace EventDriven.Kafka;

/// <summary>The protocol by which the members of a group share its partitions.</summary>
public enum ConsumerGroupProtocol
{
    /// <summary><see cref="Consumer"/> where the broker has it and lets the group have it, else <see cref="Classic"/>.</summary>
    Auto = 0,

    /// <summary>The protocol of KIP-848: the broker assigns, and only what must move moves. Brokers from 4.0.</summary>
    Consumer,

    /// <summary>The classic protocol, with the assignor <see cref="EventConsumerOptions.ClassicAssignor"/>.</summary>
    Classic,
}

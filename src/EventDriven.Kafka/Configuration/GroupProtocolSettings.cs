namespace EventDriven.Kafka.Configuration;

/// <summary>The client settings that only one of the two group protocols accepts.</summary>
internal static class GroupProtocolSettings
{
    private const string Classic = "belongs to the classic protocol; in the other one the brokers hold it, in the group's configuration.";
    private const string Consumer = "belongs to the protocol of KIP-848; in the classic one the members assign partitions themselves.";

    /// <summary>Why the protocol does not accept a setting; null where it does. With <see cref="ConsumerGroupProtocol.Auto"/> each may come to use.</summary>
    public static string? ReasonAgainst(string name, ConsumerGroupProtocol protocol) => (protocol, name) switch
    {
        (ConsumerGroupProtocol.Consumer, "session.timeout.ms" or "heartbeat.interval.ms") => Classic,
        (ConsumerGroupProtocol.Classic, "group.remote.assignor") => Consumer,
        _ => null,
    };
}

using Confluent.Kafka;

namespace EventDriven.Kafka.Configuration;

/// <summary>The client settings that only one of the two group protocols accepts.</summary>
internal static class GroupProtocolSettings
{
    private const string Classic = "belongs to the classic protocol; in the other one the brokers hold it, in the group's configuration.";
    private const string Consumer = "belongs to the protocol of KIP-848; in the classic one the members assign partitions themselves.";

    /// <summary>Takes out what the protocol does not accept.</summary>
    /// <returns>What was taken out, each with the reason.</returns>
    public static IReadOnlyList<(string Name, string Reason)> RemoveForeign(ConsumerConfig config, ConsumerGroupProtocol protocol)
    {
        var foreign = Foreign(config, protocol);
        foreach (var (name, _) in foreign) config.Set(name, null);
        return foreign;
    }

    /// <summary>What the protocol does not accept. Nothing with <see cref="ConsumerGroupProtocol.Auto"/>, for which each setting may come to use.</summary>
    public static IReadOnlyList<(string Name, string Reason)> Foreign(IEnumerable<KeyValuePair<string, string>> settings, ConsumerGroupProtocol protocol) =>
    [
        .. from setting in settings
           let reason = (protocol, setting.Key) switch
           {
               (ConsumerGroupProtocol.Consumer, "session.timeout.ms" or "heartbeat.interval.ms") => Classic,
               (ConsumerGroupProtocol.Classic, "group.remote.assignor") => Consumer,
               _ => null,
           }
           where reason is not null
           select (setting.Key, reason),
    ];
}

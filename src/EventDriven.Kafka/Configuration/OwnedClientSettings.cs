using System.Collections.Frozen;

namespace EventDriven.Kafka.Configuration;

/// <summary>The settings of the Kafka client that the library must own, each with the reason and what to do instead.</summary>
internal static class OwnedClientSettings
{
    private const string Brokers = "the brokers belong to the cluster: set its BootstrapServers; for other brokers add another cluster and choose it with OnCluster.";
    private const string Commits = "the library commits a position only when its event was handled; the client would commit events that were merely read.";
    private const string Prefetch = "the library derives it from MaxBufferedRecords and MaxBufferedBytes, so that the memory of a consumer stays bounded.";
    private const string Positions = "positions are kept by the group, on the brokers, and nowhere else.";
    private const string Fields = "the library chooses what it reads of each record or delivery report.";
    private const string Reports = "without its delivery report no event can be acknowledged to the code that produced it.";

    private static readonly FrozenDictionary<string, string> Consumer = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["bootstrap.servers"] = Brokers,
        ["metadata.broker.list"] = Brokers,
        ["group.id"] = "the group is given with the registration, or by the option Group.",
        ["group.protocol"] = "set the option GroupProtocol.",
        ["group.protocol.type"] = "consumers have one type only.",
        ["partition.assignment.strategy"] = "set the option ClassicAssignor; for an assignor of the broker set group.remote.assignor.",
        ["group.instance.id"] = "set the option InstanceId.",
        ["enable.auto.commit"] = Commits,
        ["auto.commit.enable"] = Commits,
        ["enable.auto.offset.store"] = Commits,
        ["auto.commit.interval.ms"] = "set the option CommitInterval.",
        ["auto.offset.reset"] =
            "set the option StartAt; the client's own setting also applies after the first start, and would pass over events written before the first commit.",
        ["enable.partition.eof"] = "the library needs the ends of partitions to move positions past records that no consumer sees.",
        ["queued.min.messages"] = Prefetch,
        ["queued.max.messages.kbytes"] = Prefetch,
        ["consume.callback.max.messages"] = "the library does not consume by callback.",
        ["dotnet.consumer.consume.result.fields"] = Fields,
        ["offset.store.method"] = Positions,
        ["offset.store.path"] = Positions,
        ["offset.store.sync.interval.ms"] = Positions,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> Producer = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["bootstrap.servers"] = Brokers,
        ["metadata.broker.list"] = Brokers,
        ["message.timeout.ms"] = "set the option DeliveryTimeout.",
        ["delivery.timeout.ms"] = "set the option DeliveryTimeout.",
        ["linger.ms"] = "set the option Linger.",
        ["queue.buffering.max.ms"] = "set the option Linger.",
        ["transactional.id"] = "this producer does not run transactions; a client with this setting accepts no event outside of one.",
        ["delivery.report.only.error"] = Reports,
        ["dotnet.producer.enable.delivery.reports"] = Reports,
        ["dotnet.producer.enable.background.poll"] = Reports,
        ["dotnet.producer.delivery.report.fields"] = Fields,
        ["produce.offset.report"] = "the receipt of an event always names its offset.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Why a consumer may not set this; null where it may.</summary>
    public static string? ReasonForConsumer(string name) => Consumer.GetValueOrDefault(name);

    /// <summary>Why a producer may not set this to this value; null where it may.</summary>
    public static string? ReasonForProducer(string name, string? value) => name switch
    {
        // Removed again is as good as never set: the library's own value stands.
        "acks" or "request.required.acks" when value is not ("all" or "-1") =>
            "only 'all' is accepted: an event that is acknowledged earlier can be lost with the broker that acknowledged it.",
        _ => Producer.GetValueOrDefault(name),
    };
}

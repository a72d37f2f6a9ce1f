using System.Globalization;

namespace EventDriven.Kafka.Broker.Tests.Cluster;

/// <summary>The configuration of a node, chosen for tests: small, quick to rebalance, short session timeouts allowed.</summary>
internal static class BrokerProperties
{
    public static Dictionary<string, string> For(KafkaNode node, string voters, int nodes)
    {
        string replicas = nodes.ToString(CultureInfo.InvariantCulture);
        string inSync = (nodes > 1 ? nodes - 1 : 1).ToString(CultureInfo.InvariantCulture);
        return new()
        {
            ["node.id"] = node.Id.ToString(CultureInfo.InvariantCulture),
            ["process.roles"] = "broker,controller",
            ["controller.quorum.voters"] = voters,
            ["controller.listener.names"] = "CONTROLLER",
            ["listeners"] = $"PLAINTEXT://{node.Address},CONTROLLER://{node.ControllerAddress}{Each(node, l => $"{l.Name}://{l.Address}")}",
            ["advertised.listeners"] = $"PLAINTEXT://{node.Address}{Each(node, l => $"{l.Name}://{l.Address}")}",
            ["listener.security.protocol.map"] = $"PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT{Each(node, l => $"{l.Name}:{l.Protocol}")}",
            ["inter.broker.listener.name"] = "PLAINTEXT",
            ["log.dirs"] = Path.Combine(node.Folder, "data"),
            ["default.replication.factor"] = replicas,
            ["min.insync.replicas"] = inSync,
            ["offsets.topic.replication.factor"] = replicas,
            ["offsets.topic.num.partitions"] = "4",
            ["transaction.state.log.replication.factor"] = replicas,
            ["transaction.state.log.min.isr"] = inSync,
            ["transaction.state.log.num.partitions"] = "4",
            ["share.coordinator.state.topic.replication.factor"] = replicas,
            ["share.coordinator.state.topic.min.isr"] = inSync,
            ["auto.create.topics.enable"] = "false",
            ["group.initial.rebalance.delay.ms"] = "0",
            ["group.min.session.timeout.ms"] = "1000",
            ["group.consumer.min.session.timeout.ms"] = "1000",
            ["group.consumer.min.heartbeat.interval.ms"] = "300",
            ["group.consumer.heartbeat.interval.ms"] = "500",
            ["group.consumer.session.timeout.ms"] = "6000",
            ["controlled.shutdown.max.retries"] = "1",
            // A crashed node is admitted again, and a lost leader replaced, only after this time.
            ["broker.session.timeout.ms"] = "3000",
            ["broker.heartbeat.interval.ms"] = "500",
            ["num.network.threads"] = "2",
            ["num.io.threads"] = "4",
            ["log.retention.check.interval.ms"] = "1000",
            ["log.cleaner.backoff.ms"] = "1000",
        };
    }

    private static string Each(KafkaNode node, Func<KafkaListener, string> text) => string.Concat(node.Listeners.Select(l => $",{text(l)}"));
}

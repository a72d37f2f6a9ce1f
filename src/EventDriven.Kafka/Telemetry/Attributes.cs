namespace EventDriven.Kafka.Telemetry;

/// <summary>Names of attributes: those of OpenTelemetry's conventions, and the library's own below <c>eventdriven.</c></summary>
internal static class Attributes
{
    public const string System = "messaging.system";
    public const string OperationName = "messaging.operation.name";
    public const string OperationType = "messaging.operation.type";
    public const string Topic = "messaging.destination.name";
    public const string Partition = "messaging.destination.partition.id";
    public const string Offset = "messaging.kafka.offset";
    public const string Tombstone = "messaging.kafka.message.tombstone";
    public const string Group = "messaging.consumer.group.name";
    public const string BatchCount = "messaging.batch.message_count";
    public const string ErrorType = "error.type";

    public const string Consumer = "eventdriven.consumer.name";
    public const string Producer = "eventdriven.producer.name";
    public const string Cluster = "eventdriven.cluster.name";
    public const string Client = "eventdriven.client.kind";
    public const string Outcome = "eventdriven.outcome";
    public const string FailureClass = "eventdriven.failure.class";
    public const string HandOverTopic = "eventdriven.hand_over.topic";
    public const string HoldReason = "eventdriven.hold.reason";
    public const string Attempt = "eventdriven.attempt";
    public const string Attempts = "eventdriven.attempts";
    public const string RebalanceType = "eventdriven.rebalance.type";
    public const string DrainedInTime = "eventdriven.drain.in_time";
    public const string PauseReason = "eventdriven.pause.reason";
    public const string State = "eventdriven.consumer.state";
}

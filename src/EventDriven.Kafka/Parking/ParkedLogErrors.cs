using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Security;

namespace EventDriven.Kafka.Parking;

/// <summary>Turns what the client says about parked logs into exceptions that name the partition and say what to do.</summary>
/// <param name="bootstrapServers">The brokers, for commands that can be copied.</param>
internal sealed class ParkedLogErrors(string bootstrapServers)
{
    public ParkedLogException NotRead(PartitionId parked, Error error, Exception? inner = null) => Of($"The parked log {parked} can't be read", parked, "Read", error, inner);

    public ParkedLogException NotTrimmed(PartitionId parked, Error error, Exception? inner = null) => Of($"The parked log {parked} can't be trimmed", parked, "Delete", error, inner);

    public static ParkedLogException NotAppended(PartitionId parked, EventProduceException error) => new(
        $"The parked log {parked} can't be written: {error.Message}",
        error.Reason is ProduceFailureReason.TooLarge or ProduceFailureReason.UnknownTopicOrPartition or ProduceFailureReason.NotAuthorized,
        error);

    /// <summary>No broker has answered in time.</summary>
    public static ParkedLogException NoAnswer(PartitionId parked, TimeSpan time, Error? last) => new(
        $"No broker has answered within {time} about the parked log {parked}{(last is null ? "" : $" ({SecurityRemedies.WithRemedy(last.Code, last.Reason).TrimEnd('.')})")}.", isRefused: false);

    /// <summary>The client itself can't be made.</summary>
    public static ParkedLogException NoClient(PartitionId parked, Exception inner) =>
        new($"The parked log {parked} can't be used: the Kafka client refuses its settings: {inner.Message}", isRefused: true, inner);

    private ParkedLogException Of(string what, PartitionId parked, string operation, Error error, Exception? inner)
    {
        var remedy = error.Code switch
        {
            ErrorCode.TopicAuthorizationFailed =>
                $"Give the principal of this client the right: kafka-acls.sh --bootstrap-server {bootstrapServers} --add --allow-principal User:NAME --operation {operation} --topic {parked.Topic}",
            ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition or ErrorCode.UnknownTopicId =>
                $"The topic must exist, with a partition for each of the source's: kafka-topics.sh --bootstrap-server {bootstrapServers} --create --topic {parked.Topic} --partitions N",
            ErrorCode.PolicyViolation when operation == "Delete" =>
                $"Records can't be deleted from a compacted topic: kafka-configs.sh --bootstrap-server {bootstrapServers} --alter --topic {parked.Topic} --add-config cleanup.policy=delete",
            _ => null,
        };
        var reason = SecurityRemedies.WithRemedy(error.Code, error.Reason).TrimEnd('.');
        return new ParkedLogException(
            $"{what}: {reason} ({error.Code}).{(remedy is null ? "" : $" {remedy}")}", remedy is not null || error.Code is ErrorCode.ClusterAuthorizationFailed, inner ?? new KafkaException(error));
    }
}

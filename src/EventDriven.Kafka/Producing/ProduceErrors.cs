using Confluent.Kafka;
using EventDriven.Kafka.Security;

namespace EventDriven.Kafka.Producing;

/// <summary>Turns what the client says into exceptions that name topic and event type and say what to do.</summary>
internal static class ProduceErrors
{
    /// <summary>The client did not deliver a record.</summary>
    public static EventProduceException NotProduced(ProduceTarget target, Error error, bool mayHaveBeenDelivered, Exception? inner = null)
    {
        var reason = ReasonOf(error.Code);
        var told = mayHaveBeenDelivered
            ? "It may have been delivered all the same: produce it again only if its consumers can bear it twice."
            : "It was not delivered.";
        return new EventProduceException(
            $"{Subject(target)} was not produced: {error.Reason} ({error.Code}). {told} {SecurityRemedies.For(error.Code, error.Reason) ?? RemedyFor(reason)}".TrimEnd(),
            target.Topic, target.EventType, reason, inner ?? new KafkaException(error), mayHaveBeenDelivered: mayHaveBeenDelivered);
    }

    /// <summary>The event alone is larger than the whole local queue.</summary>
    public static EventProduceException LargerThanQueue(ProduceTarget target) => new(
        $"{Subject(target)} was not produced: it is larger than the whole local queue of the client. It was not delivered. "
        + "Raise 'queue.buffering.max.kbytes', or make the event smaller.",
        target.Topic, target.EventType, ProduceFailureReason.TooLarge);

    /// <summary>A record that must not overtake another one, which was not delivered.</summary>
    /// <param name="target">Whose record it is.</param>
    /// <param name="earlier">What became of the earlier one; null where its client has ended, and nobody knows yet.</param>
    public static EventProduceException EarlierFailed(ProduceTarget target, EventProduceException? earlier) => new(
        $"{Subject(target)} was not produced: an earlier one that it must not overtake was not delivered{(earlier is null ? ", for its client has ended" : "")}. It was not delivered.",
        target.Topic, target.EventType, earlier?.Reason ?? ProduceFailureReason.NotDelivered, earlier);

    /// <summary>The host is stopping, or has stopped.</summary>
    public static EventProduceException Stopping(ProduceTarget target) => new(
        $"{Subject(target)} was not produced: the host is stopping, and its producers take no more events. It was not delivered. "
        + "Produce while the host runs: in a handler, or before StopAsync of a hosted service returns.",
        target.Topic, target.EventType, ProduceFailureReason.Stopping);

    /// <summary>The budget of the stop was over while the record was in the client.</summary>
    public static EventProduceException GivenUp(ProduceTarget target) => new(
        $"{Subject(target)} was under way when the producers' time to stop was over, and no acknowledgement came. "
        + "It may have been delivered all the same: produce it again only if its consumers can bear it twice.",
        target.Topic, target.EventType, ProduceFailureReason.Stopping, mayHaveBeenDelivered: true);

    /// <summary>The client can't be made from its settings.</summary>
    public static EventProduceException NoClient(ProduceTarget target, Exception inner) => new(
        $"{Subject(target)} was not produced: the Kafka client refuses its settings: {inner.Message} It was not delivered. Correct the settings of the producer or its cluster.",
        target.Topic, target.EventType, ProduceFailureReason.Other, inner);

    /// <summary>Key or value can't be turned into bytes.</summary>
    public static EventProduceException NotSerialized(ProduceTarget target, string what, Exception? inner) => new(
        $"{Subject(target)} was not produced, for it can't be turned into bytes: {what} It was not delivered.",
        target.Topic, target.EventType, ProduceFailureReason.Serialization, inner);

    /// <summary>A serializer, or the key selector, threw.</summary>
    public static EventProduceException NotSerialized(ProduceTarget target, Exception thrown) =>
        NotSerialized(target, thrown is EventSerializationException ? thrown.Message : $"{thrown.GetType().Name}: {thrown.Message}", thrown);

    /// <summary>A middleware did not let it through.</summary>
    public static EventProduceException StoppedByMiddleware(ProduceTarget target, string what) => new(
        $"{Subject(target)} was not produced: {what}. It was not delivered. A middleware must call next and await it, or throw.",
        target.Topic, target.EventType, ProduceFailureReason.Middleware);

    /// <summary>What a flush finds.</summary>
    public static EventProduceException NotDelivered(ProduceTarget target, long count, EventProduceException? last) => new(
        $"Producer '{target.Name}': {count} event(s) of type {target.EventType.Name} for topic '{target.Topic}' that nobody waited for were not delivered since the last flush. "
        + $"The last reason: {last?.Message}",
        target.Topic, target.EventType, ProduceFailureReason.NotDelivered, last, count, last?.MayHaveBeenDelivered ?? false);

    public static ProduceFailureReason ReasonOf(ErrorCode code) => code switch
    {
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidMsgSize => ProduceFailureReason.TooLarge,
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition or ErrorCode.UnknownTopicId
            or ErrorCode.TopicException => ProduceFailureReason.UnknownTopicOrPartition,
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TransactionalIdAuthorizationFailed
            or ErrorCode.SaslAuthenticationFailed or ErrorCode.Local_Authentication or ErrorCode.Local_Ssl => ProduceFailureReason.NotAuthorized,
        ErrorCode.Local_MsgTimedOut or ErrorCode.Local_TimedOut or ErrorCode.Local_TimedOutQueue or ErrorCode.RequestTimedOut => ProduceFailureReason.TimedOut,
        _ => ProduceFailureReason.Other,
    };

    private static string Subject(ProduceTarget target) => $"An event of type {target.EventType.Name} for topic '{target.Topic}' (producer '{target.Name}')";

    private static string RemedyFor(ProduceFailureReason reason) => reason switch
    {
        ProduceFailureReason.TooLarge =>
            "Make the event smaller, or raise 'message.max.bytes' of the producer and 'max.message.bytes' of the topic.",
        ProduceFailureReason.UnknownTopicOrPartition =>
            "Create the topic, correct its name, or name a partition that it has.",
        ProduceFailureReason.NotAuthorized =>
            "Give the principal of this client Write on the topic: kafka-acls.sh --add --allow-principal User:NAME --operation Write --topic TOPIC.",
        ProduceFailureReason.TimedOut =>
            "Check that the brokers can be reached and have their in-sync replicas; DeliveryTimeout says how long an event may wait.",
        _ => "",
    };
}

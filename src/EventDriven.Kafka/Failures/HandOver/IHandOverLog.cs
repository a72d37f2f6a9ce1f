using Confluent.Kafka;

namespace EventDriven.Kafka.Failures;

/// <summary>Where records of failed events are written. A seam: the simulator has another. Thread-safe.</summary>
internal interface IHandOverLog
{
    /// <summary>Writes one record and waits for the broker's acknowledgement, by all in-sync replicas.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">
    /// The number of the source partition: the record goes to that number modulo the partitions that the topic has, so that the events of a key stay together and in
    /// order, whatever partitioner their producers use.
    /// </param>
    /// <param name="key">The key of the event, byte for byte.</param>
    /// <param name="value">The value of the event, byte for byte.</param>
    /// <param name="headers">All headers.</param>
    /// <returns>Where it was written.</returns>
    /// <exception cref="EventProduceException">By the task: it was not written, or nobody knows.</exception>
    Task<EventReceipt> AppendAsync(string topic, int partition, byte[]? key, byte[]? value, Headers headers);
}

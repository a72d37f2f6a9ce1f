using System.Diagnostics;
using Confluent.Kafka;

namespace EventDriven.Kafka.Producing;

/// <content>What goes into a record.</content>
internal sealed partial class EventProducer<T>
{
    /// <summary>Key and value of a record; structs, so that the one path of all of them costs nothing.</summary>
    private interface IContent
    {
        bool HasValue { get; }

        /// <summary>The event, for middleware; null for a tombstone.</summary>
        object? Event { get; }

        ValueTask<byte[]?> SerializeKeyAsync(EventHeaders headers, CancellationToken cancellationToken);

        ValueTask<byte[]?> SerializeValueAsync(EventHeaders headers, CancellationToken cancellationToken);
    }

    /// <summary>Fills in what the options say.</summary>
    /// <returns>The time of the event.</returns>
    private DateTimeOffset Prepare(OutgoingRecord record, ProduceOptions? options)
    {
        var time = timeProvider.GetUtcNow();
        record.Destination = _anyPartition;
        if (options is not null)
        {
            if (options.Partition is { } partition)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(partition, nameof(options.Partition));
                record.Destination = new TopicPartition(_target.Topic, partition);
            }

            if (options.Timestamp is { } timestamp)
            {
                // The client takes the epoch itself for "now".
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timestamp, DateTimeOffset.UnixEpoch, nameof(options.Timestamp));
                time = timestamp;
            }

            // Copied, because the caller may use the options for his next call while this one waits.
            if (options.Headers is { } headers) record.Headers.AddRange(headers);
        }

        record.Message.Timestamp = new Timestamp(time.ToUnixTimeMilliseconds(), TimestampType.CreateTime);
        return time;
    }

    private Task? Send<TContent>(in TContent content, OutgoingRecord record, PendingRecord pending, DateTimeOffset time, CancellationToken waiting)
        where TContent : struct, IContent
    {
        // A value that came out as null would be a tombstone, and the event would be gone.
        if (content.HasValue && record.Message.Value is null) throw ProduceErrors.NotSerialized(_target, "its serializer returned null.", null);

        if ((pending.Operation.Span ?? Activity.Current) is { } span) record.AddTraceContext(span);
        if (cloudEvents is null)
        {
            record.WriteOwnHeaders();
        }
        else
        {
            cloudEvents.Write(record, time);
        }

        return pending.Sink!.Send(record, pending, waiting);
    }

    private static void GiveBack(OutgoingRecord record, PendingRecord pending, Exception cause)
    {
        pending.Sink!.Return(record);
        pending.Discard(cause);
    }

    private static bool IsToldAsItIs(Exception thrown, CancellationToken serializing) =>
        thrown is EventProduceException or ArgumentOutOfRangeException { ParamName: nameof(ProduceOptions.Partition) or nameof(ProduceOptions.Timestamp) }
        || (thrown is OperationCanceledException && serializing.IsCancellationRequested);

    private IKeyWriter<TKey> WriterOf<TKey>() => key as IKeyWriter<TKey> ?? throw new InvalidOperationException(
        key.GetType() == typeof(EventKey<T>)
            ? $"Producer '{_target.Name}' has no key, and a tombstone is for a key. Register the producer with KeyedBy."
            : $"The keys of producer '{_target.Name}' are not of type {typeof(TKey)}. Give a key of the type that its KeyedBy selects.");

    private readonly struct EventContent(EventProducer<T> producer, T @event) : IContent
    {
        public bool HasValue => true;

        public object? Event => @event;

        public ValueTask<byte[]?> SerializeKeyAsync(EventHeaders headers, CancellationToken cancellationToken) =>
            producer.SerializeKeyAsync(@event, headers, cancellationToken);

        public ValueTask<byte[]?> SerializeValueAsync(EventHeaders headers, CancellationToken cancellationToken) =>
            producer.SerializeValueAsync(@event, headers, cancellationToken);
    }

    private readonly struct TombstoneContent<TKey>(EventProducer<T> producer, IKeyWriter<TKey> writer, TKey key) : IContent
    {
        public bool HasValue => false;

        public object? Event => null;

        public ValueTask<byte[]?> SerializeKeyAsync(EventHeaders headers, CancellationToken cancellationToken) =>
            writer.WriteAsync(key, new EventSerializationContext(producer._target.Topic, EventComponent.Key, headers), cancellationToken);

        public ValueTask<byte[]?> SerializeValueAsync(EventHeaders headers, CancellationToken cancellationToken) => default;
    }

    private ValueTask<byte[]?> SerializeKeyAsync(T @event, EventHeaders headers, CancellationToken cancellationToken) =>
        key.SerializeAsync(@event, new EventSerializationContext(_target.Topic, EventComponent.Key, headers), cancellationToken);

    private ValueTask<byte[]?> SerializeValueAsync(T @event, EventHeaders headers, CancellationToken cancellationToken) =>
        serializer.SerializeAsync(@event, new EventSerializationContext(_target.Topic, EventComponent.Value, headers) { IsCloudEvent = cloudEvents is not null }, cancellationToken)!;
}

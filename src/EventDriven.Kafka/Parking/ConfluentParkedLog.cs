using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Parking;

/// <summary>A parked log on Confluent.Kafka: written by the host's shared producer, read by the two readers of its consumer, trimmed by an administrative request.</summary>
/// <param name="logs">Those of the consumer.</param>
/// <param name="appender">Writes.</param>
/// <param name="codec">Entries as records.</param>
/// <param name="partition">The partition of the parked topic.</param>
internal sealed class ConfluentParkedLog(ConfluentParkedLogs logs, ProducerHandOverLog appender, ParkedEntryCodec codec, TopicPartition partition) : IParkedLog
{
    private readonly Lock _gate = new();
    private readonly ParkedLogPlace?[] _places = new ParkedLogPlace?[2];
    private readonly PartitionId _id = new(partition.Topic, partition.Partition.Value);
    private Task _appending = Task.CompletedTask;
    private bool _disposed;

    public Task<(long Start, long End)> GetBoundsAsync(CancellationToken cancellationToken) => logs.GetBoundsAsync(_id, cancellationToken);

    public Task TrimAsync(long before, CancellationToken cancellationToken) => logs.TrimAsync(_id, before, cancellationToken);

    public Task<ParkedLogRead> ReadAsync(ParkedLogCursor cursor, long from, int maxBytes, TimeSpan wait, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        try
        {
            if (PlaceOf(cursor) is { } place)
            {
                return place.Reader.ReadAsync(place.Position, from, maxBytes, wait, cancellationToken);
            }

            return Task.FromCanceled<ParkedLogRead>(new CancellationToken(canceled: true));
        }
        catch (ParkedLogException refused)
        {
            return Task.FromException<ParkedLogRead>(refused);
        }
    }

    public async Task AppendAsync(IReadOnlyList<ParkedEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(entries.Count);

        // What an earlier call no longer waits for may still be on its way: one append at a time.
        await _appending.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfDisposed();

        var records = new (byte[]? Key, byte[]? Value, Headers Headers)[entries.Count];
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = ToRecord(entries[i]);
        }

        var appending = appender.AppendAllAsync(partition, records);
        _appending = appending;
        // Nobody may wait for its end any more.
        _ = appending.ContinueWith(static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        try
        {
            await appending.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (EventProduceException error)
        {
            throw ParkedLogErrors.NotAppended(_id, error);
        }
    }

    public void Write(ParkedEntry entry, OutgoingRecord record)
    {
        record.Destination = partition;
        var (key, value, headers) = ToRecord(entry);
        record.Message.Key = key!;
        record.Message.Value = value!;
        record.Message.Headers = headers;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var place in _places)
            {
                place?.Reader.Remove(place.Position);
            }
        }
    }

    private (byte[]? Key, byte[]? Value, Headers Headers) ToRecord(ParkedEntry entry)
    {
        var hasEvent = entry.Kind is ParkedEntryKind.Parked or ParkedEntryKind.Redrive;
        return (hasEvent ? entry.Key : null, hasEvent ? entry.Value : null, codec.WriteHeaders(entry));
    }

    private ParkedLogPlace? PlaceOf(ParkedLogCursor cursor)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return null;
            }

            if (_places[(int)cursor] is not { Reader.HasFailed: false } place)
            {
                return logs.ReaderOf(cursor, _id) is { } reader ? _places[(int)cursor] = new ParkedLogPlace(reader, reader.Add(partition, codec)) : null;
            }

            return place;
        }
    }

    private void ThrowIfDisposed()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                throw new OperationCanceledException($"The parked log {_id} is closed.");
            }
        }
    }

    private sealed record ParkedLogPlace(ConfluentParkedReader Reader, ConfluentParkedPosition Position);
}

using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>A parked log in memory, for all who open it: what one owner writes another reads. It answers at once, unless a test holds or fails it.</summary>
internal sealed class MemoryParkedLog : IParkedLogs
{
    private readonly List<ParkedLogRecord> _records = [];
    private readonly List<Action> _readers = [];

    public long Start { get; private set; }

    public long End { get; private set; }

    /// <summary>What stands in the log.</summary>
    public IEnumerable<ParkedEntry> Entries => _records.Select(static record => record.Entry);

    public IEnumerable<ParkedEntryKind> Kinds => Entries.Select(static entry => entry.Kind);

    /// <summary>Every append that was asked for, in order.</summary>
    public List<IReadOnlyList<ParkedEntry>> Appends { get; } = [];

    public List<long> Trims { get; } = [];

    /// <summary>The entries that were made for transactions.</summary>
    public List<ParkedEntry> InTransactions { get; } = [];

    public List<long> PayloadReads { get; } = [];

    /// <summary>Where it is set, appends land only when it ends, and fail where it faults.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public ParkedLogException? AppendError { get; set; }

    public ParkedLogException? TrimError { get; set; }

    public IParkedLog Open(PartitionId source) => new Opened(this);

    public ValueTask DisposeAsync() => default;

    /// <summary>Writes as somebody else.</summary>
    public long Land(ParkedEntry entry)
    {
        var offset = End++;
        _records.Add(new ParkedLogRecord(offset, 0, 100 + (entry.Value?.Length ?? 0), entry));
        var readers = _readers.ToArray();
        _readers.Clear();
        Array.ForEach(readers, static reader => reader());
        return offset;
    }

    public void Trim(long before)
    {
        _records.RemoveAll(record => record.Offset < before);
        Start = Math.Max(Start, before);
    }

    private ParkedLogRead Read(long from, int maxBytes)
    {
        if (from < Start)
        {
            return new ParkedLogRead { Records = [], Next = Start, LogStart = Start, LogEnd = End };
        }

        var records = new List<ParkedLogRecord>();
        var bytes = 0;
        foreach (var record in _records.Where(record => record.Offset >= from))
        {
            if (records.Count > 0 && (bytes += record.Size) > maxBytes)
            {
                break;
            }

            records.Add(record);
        }

        return new ParkedLogRead { Records = records, Next = records.Count > 0 ? records[^1].Offset + 1 : from, LogStart = Start, LogEnd = End };
    }

    private sealed class Opened(MemoryParkedLog log) : IParkedLog
    {
        public Task<(long Start, long End)> GetBoundsAsync(CancellationToken cancellationToken) => Task.FromResult((log.Start, log.End));

        public async Task<ParkedLogRead> ReadAsync(ParkedLogCursor cursor, long from, int maxBytes, TimeSpan wait, CancellationToken cancellationToken)
        {
            if (cursor == ParkedLogCursor.Payloads)
            {
                log.PayloadReads.Add(from);
            }

            if (from >= log.End && wait > TimeSpan.Zero)
            {
                var arrived = new TaskCompletionSource();
                log._readers.Add(() => arrived.TrySetResult());
                await arrived.Task.WaitAsync(cancellationToken);
            }

            return log.Read(from, maxBytes);
        }

        public async Task AppendAsync(IReadOnlyList<ParkedEntry> entries, CancellationToken cancellationToken)
        {
            log.Appends.Add(entries);
            if (log.AppendError is { } error)
            {
                throw error;
            }

            if (log.Hold is { } hold)
            {
                await hold.Task.WaitAsync(cancellationToken);
            }

            foreach (var entry in entries)
            {
                log.Land(entry);
            }
        }

        public void Write(ParkedEntry entry, OutgoingRecord record)
        {
            record.Destination = new TopicPartition("parked", 0);
            log.InTransactions.Add(entry);
        }

        public Task TrimAsync(long before, CancellationToken cancellationToken)
        {
            if (log.TrimError is { } error)
            {
                return Task.FromException(error);
            }

            log.Trims.Add(before);
            log.Trim(before);
            return Task.CompletedTask;
        }

        public void Dispose()
        {
        }
    }
}

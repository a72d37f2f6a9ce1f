using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Tests.Consuming;

/// <summary>A client that hands out what a test has given it, and notes what the engine asks of it.</summary>
internal sealed class ScriptedSource : IRecordSource
{
    private readonly Queue<ConsumedRecord> _records = new();
    private readonly Queue<PartitionId[]> _assigned = new();

    public HashSet<PartitionId> Paused { get; } = [];

    public int Idles { get; private set; }

    /// <summary>Whether it hands over all that it has taken, as a client does from which many are taken at a time.</summary>
    public bool TakesMany { get; set; }

    /// <summary>What the group has committed before.</summary>
    public Dictionary<PartitionId, Position> Committed { get; } = [];

    /// <summary>Where partitions are to start for which nothing is committed.</summary>
    public Dictionary<PartitionId, long> Starts { get; } = [];

    /// <summary>For which partitions it was asked where to begin, by call.</summary>
    public List<PartitionId[]> LookedUp { get; } = [];

    /// <summary>What answers these questions; null where they are answered.</summary>
    public SourceError? LookUpFails { get; set; }

    /// <summary>Where it was sought to, in order.</summary>
    public List<(PartitionId Partition, long Offset)> Seeks { get; } = [];

    /// <summary>What it was to begin anew, by call.</summary>
    public List<PartitionId[]> BegunAgain { get; } = [];

    /// <summary>Where it was to begin, by call.</summary>
    public List<(PartitionId Partition, Position Position)> BegunAt { get; } = [];

    /// <summary>What the client was given to commit in the background.</summary>
    public Dictionary<PartitionId, Position> Stored { get; } = [];

    /// <summary>What was committed explicitly.</summary>
    public List<KeyValuePair<PartitionId, Position>> Commits { get; } = [];

    /// <summary>How many records it was asked for at most, by poll.</summary>
    public List<int> Asked { get; } = [];

    /// <summary>What a poll throws, once; null where it goes well.</summary>
    public Exception? Throws { get; set; }

    public bool IsClosed { get; private set; }

    public bool IsDisposed { get; private set; }

    public void Assign(params PartitionId[] partitions) => _assigned.Enqueue(partitions);

    public void Add(PartitionId partition, long offset, int bytes = 0) => _records.Enqueue(new ConsumedRecord
    {
        Topic = partition.Topic,
        Partition = partition.Partition,
        Offset = offset,
        TimestampMs = 0,
        Value = new byte[bytes],
    });

    public int Left => _records.Count;

    /// <summary>Whether it is a client of the classic protocol.</summary>
    public bool RefusesCommitsInRebalance { get; set; }

    public bool IsJoining { get; set; }

    public void Subscribe(IReadOnlyCollection<string> topics)
    {
    }

    public void Poll(IRecordListener listener, int maxRecords, TimeSpan timeout)
    {
        Asked.Add(maxRecords);
        if (_records.Count == 0 && Throws is { } thrown)
        {
            Throws = null;
            throw thrown;
        }

        while (_assigned.TryDequeue(out var assigned))
        {
            listener.OnAssigned(assigned);
        }

        for (var left = maxRecords; left > 0 && _records.TryPeek(out var record); left--)
        {
            if (Paused.Contains(new PartitionId(record.Topic, record.Partition)) && !TakesMany)
            {
                return;
            }

            _records.Dequeue();
            if (!listener.OnRecord(record) && !TakesMany)
            {
                return;
            }
        }
    }

    public void Idle(TimeSpan time) => Idles++;

    public void Pause(PartitionId partition) => Paused.Add(partition);

    public void Resume(PartitionId partition) => Paused.Remove(partition);

    public bool CanBeginAgain { get; set; } = true;

    public bool RefusesToBegin { get; set; }

    public void BeginAgain(IReadOnlyCollection<PartitionId> partitions) => BegunAgain.Add([.. partitions]);

    public bool TryBeginAt(PartitionId partition, Position position)
    {
        BegunAt.Add((partition, position));

        // What it had fetched is gone.
        var left = _records.Where(record => record.Topic != partition.Topic || record.Partition != partition.Partition).ToArray();
        _records.Clear();
        Array.ForEach(left, _records.Enqueue);
        return !RefusesToBegin;
    }

    public bool TrySeek(PartitionId partition, long offset)
    {
        Seeks.Add((partition, offset));
        return true;
    }

    public bool TryStore(PartitionId partition, Position position)
    {
        Stored[partition] = position;
        return true;
    }

    public long? GetLogStart(PartitionId partition) => null;

    public long? GetLogEnd(PartitionId partition) => null;

    public Task<IReadOnlyDictionary<string, int>> ListTopicsAsync() => Task.FromResult<IReadOnlyDictionary<string, int>>(new Dictionary<string, int>());

    public Task<(long Oldest, long End)> LookUpBoundsAsync(PartitionId partition) => Task.FromResult((0L, long.MaxValue));

    public Task<IReadOnlyList<StartingPoint>> LookUpAsync(
        IReadOnlyCollection<KeyValuePair<PartitionId, StartRule>> partitions, CancellationToken cancellationToken)
    {
        LookedUp.Add([.. partitions.Select(static partition => partition.Key)]);
        return LookUpFails is { } error
            ? Task.FromException<IReadOnlyList<StartingPoint>>(new RecordSourceException(error))
            : Task.FromResult<IReadOnlyList<StartingPoint>>([.. partitions.Select(partition =>
                new StartingPoint(partition.Key, Committed.TryGetValue(partition.Key, out var committed) ? committed : null, partition.Value.IsOldest ? null : Starts.GetValueOrDefault(partition.Key)))]);
    }

    public Task CommitAsync(IReadOnlyCollection<KeyValuePair<PartitionId, Position>> positions)
    {
        Commits.AddRange(positions);
        return Task.CompletedTask;
    }

    public void Close() => IsClosed = true;

    public void Dispose() => IsDisposed = true;
}

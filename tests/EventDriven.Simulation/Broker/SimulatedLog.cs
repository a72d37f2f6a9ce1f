using EventDriven.Kafka.Consuming;

namespace EventDriven.Simulation.Broker;

/// <summary>The log of one partition: events with gaps, a start that retention moves, and an end that can go back.</summary>
internal sealed class SimulatedLog(int index, PartitionId id)
{
    private readonly List<(int LeaderEpoch, long Start)> _epochs = [];
    private readonly List<LogEntry> _truncated = [];
    private int _settled;

    /// <summary>Its number among the logs of the broker.</summary>
    public int Index => index;

    public PartitionId Id => id;

    public List<LogEntry> Entries { get; } = [];

    public long Start { get; private set; }

    public long End { get; private set; }

    public int LeaderEpoch { get; private set; }

    /// <summary>Whether a user's seek forward has left out events, or the log has lost some, so that the order of their last handling means nothing.</summary>
    public bool OrderIsMoot { get; set; }

    /// <summary>How often the partition has gone from one process to another.</summary>
    public int Handovers { get; set; }

    /// <summary>The lowest start of an assignment in which something was handled; what lies below and was never committed was not meant to be read.</summary>
    public long FirstRead { get; set; } = long.MaxValue;

    /// <summary>
    /// Below which the group was to begin, as the log stood when that was looked up. If it goes back below before anything is read, and grows again, nobody can
    /// tell: a start has no leader epoch.
    /// </summary>
    public long Beginning { get; set; }

    /// <summary>
    /// Where a user wants to read on, until something at or above is read: if the log goes back below meanwhile, and grows again, nobody can tell what is new there from
    /// what the user has passed over. A sought offset has no leader epoch.
    /// </summary>
    public long Sought { get; set; }

    /// <summary>Whether a user has ever sought an offset: events may be read again then.</summary>
    public bool WasSought { get; set; }

    public LogEntry Append(int key, byte[]? value, int failures, long now)
    {
        var entry = new LogEntry
        {
            IsSkipped = (End < Beginning && FirstRead == long.MaxValue) || End < Sought,
            Offset = End++,
            Key = key,
            Value = value,
            LeaderEpoch = LeaderEpoch,
            AppendedAt = now,
            FailuresLeft = failures,
        };
        Entries.Add(entry);
        return entry;
    }

    /// <summary>Takes a record of a failed event.</summary>
    public void Append(HandedOver record, long now) => Entries.Add(new LogEntry
    {
        Offset = End++,
        Key = record.Event.Key,
        Value = record.Event.Value,
        LeaderEpoch = LeaderEpoch,
        AppendedAt = now,
        Source = record.Event,
        HandedOver = record,
    });

    /// <summary>Writes control records: offsets that no consumer sees.</summary>
    public void AppendGap(int count) => End += count;

    /// <summary>The first event at or above an offset that the log still holds; null where there is none.</summary>
    public LogEntry? Find(long offset)
    {
        for (var i = IndexOf(offset); i < Entries.Count; i++)
        {
            if (!Entries[i].IsRemoved)
            {
                return Entries[i];
            }
        }

        return null;
    }

    /// <summary>The event that was read as this, also where the log has lost it since; null where there was none.</summary>
    public LogEntry? Recall(long offset, long timestamp, byte[]? value)
    {
        bool Is(LogEntry entry) => entry.Offset == offset && entry.AppendedAt == timestamp && ReferenceEquals(entry.Value, value);
        return Entries.Find(Is) ?? _truncated.Find(Is);
    }

    public void Expire(long offset)
    {
        Start = Math.Max(Start, Math.Min(offset, End));
        foreach (var entry in Entries)
        {
            entry.IsRemoved |= entry.Offset < Start;
        }
    }

    public void Truncate(long offset)
    {
        foreach (var entry in Entries)
        {
            entry.IsTruncated = entry.Offset >= offset;
            entry.IsRemoved |= entry.IsTruncated;
            if (entry.IsTruncated)
            {
                _truncated.Add(entry);
            }
        }

        Entries.RemoveAll(entry => entry.Offset >= offset);
        End = offset;
        Start = Math.Min(Start, End);
        OrderIsMoot = true;
        _settled = 0;
        ChangeLeader();
    }

    /// <summary>Whether it has gone back below an offset since a leader epoch.</summary>
    public bool HasGoneBackBelow(long offset, int since) => _epochs.Exists(change => change.LeaderEpoch > since && change.Start < offset);

    public void ChangeLeader() => _epochs.Add((++LeaderEpoch, End));

    /// <summary>Where what was read or committed under a leader epoch leaves the log as it is now: the offset itself, unless the log went back below it since.</summary>
    public long Diverges(long offset, int leaderEpoch)
    {
        foreach (var epoch in _epochs)
        {
            if (epoch.LeaderEpoch > leaderEpoch)
            {
                offset = Math.Min(offset, epoch.Start);
            }
        }

        return offset;
    }

    /// <summary>The lowest event that must be handled and was not.</summary>
    public LogEntry? LowestOpen()
    {
        while (_settled < Entries.Count && Entries[_settled].NeedsNothing)
        {
            _settled++;
        }

        return _settled < Entries.Count ? Entries[_settled] : null;
    }

    private int IndexOf(long offset)
    {
        var low = 0;
        var high = Entries.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Entries[middle].Offset < offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

using EventDriven.Kafka.Consuming;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation.Judging;

/// <summary>What one client may do with one partition, from an assignment or a seek to the next: kept naively, as lists.</summary>
internal sealed class Epoch(SimulatedSource source, SimulatedLog log, int keys)
{
    private readonly Delivery?[] _lastOfLane = new Delivery?[keys + 1];
    private int _lowestOpen;
    private long _position = -1;
    private long _end = -1;

    public SimulatedSource Source { get; } = source;

    public SimulatedLog Log { get; } = log;

    public List<Delivery> Deliveries { get; } = [];

    /// <summary>How often the partition had gone from one process to another when it began.</summary>
    public int Handovers { get; } = log.Handovers;

    /// <summary>The leader epoch of the log when it began.</summary>
    public int LeaderEpoch { get; } = log.LeaderEpoch;

    /// <summary>Where it starts; -1 while unknown.</summary>
    public long Start { get; set; } = -1;

    /// <summary>Whether where to start is still being looked up or sought: nothing delivered meanwhile may be handled.</summary>
    public bool IsResolving { get; set; }

    public bool HasEnded { get; set; }

    /// <summary>The engine's assignment; null where nothing is parked.</summary>
    public Tenure? Tenure { get; init; }

    public bool IsDraining { get; set; }

    public long DrainBeganAt { get; set; }

    /// <summary>Whether an event of it failed for good and no retry was asked for.</summary>
    public bool IsStopped { get; set; }

    /// <summary>The place of the last record that may start while it drains.</summary>
    public int DrainLimit { get; set; } = int.MaxValue;

    public int HighestStarted { get; set; } = -1;

    /// <summary>What may be committed; -1 while nothing is known.</summary>
    public long Position
    {
        get
        {
            MoveOverFinished();
            return _position;
        }
    }

    /// <summary>The highest position that tells the truth: nothing below it that was delivered lacks its outcome.</summary>
    public long HighestTrue
    {
        get
        {
            MoveOverFinished();
            return _lowestOpen < Deliveries.Count ? Deliveries[_lowestOpen].Entry.Offset : Position;
        }
    }

    public long LastStored { get; set; } = -1;

    public int Held { get; private set; }

    public long HeldBytes { get; private set; }

    /// <summary>The limits that held when the last record was taken in.</summary>
    public (int Records, long Bytes) LastLimits { get; set; }

    /// <summary>The place of the lowest record without an outcome.</summary>
    public int LowestOpen
    {
        get
        {
            MoveOverFinished();
            return _lowestOpen;
        }
    }

    /// <summary>Whether a drain that begins now has something to wait for.</summary>
    public bool HasWork =>
        Deliveries.Exists(delivery => delivery.State == DeliveryState.Running
            || (delivery.State == DeliveryState.Waiting && delivery.Index >= 0 && delivery.Index <= DrainLimit && !Source.Member.IsPaused(Log.Id.Partition)));

    public bool WentBack(long offset) =>
        !IsResolving && ((Deliveries.Count > 0 && offset <= Deliveries[^1].Entry.Offset) || offset < Position);

    public Delivery Add(LogEntry entry, int lane, long now)
    {
        ref var last = ref _lastOfLane[Math.Max(lane, 0)];
        var delivery = new Delivery(this, entry, Deliveries.Count, lane < 0 ? null : last) { At = now };
        if (lane >= 0)
        {
            last = delivery;
        }

        Deliveries.Add(delivery);
        if (_position < 0)
        {
            _position = entry.Offset;
        }

        _end = -1;
        Held++;
        HeldBytes += SizeOf(entry);
        return delivery;
    }

    /// <summary>What is parked need not be held any more.</summary>
    public void Release(Delivery delivery)
    {
        if (delivery.IsReleased)
        {
            return;
        }

        delivery.IsReleased = true;
        Held--;
        HeldBytes -= SizeOf(delivery.Entry);
    }

    public void Finish(Delivery delivery)
    {
        Release(delivery);
        MoveOverFinished();
    }

    public void ReachEnd(long offset)
    {
        _end = offset;
        if (_position < 0)
        {
            _position = offset;
        }

        MoveOverEnd();
    }

    /// <summary>What failed for good is to be tried again.</summary>
    public void Retry()
    {
        IsStopped = false;
        foreach (var delivery in Deliveries)
        {
            if (delivery.State == DeliveryState.GivenUp && !IsDraining)
            {
                delivery.State = DeliveryState.Waiting;
            }
        }
    }

    public void GoTo(long offset)
    {
        Start = offset;
        _position = offset;
    }

    /// <summary>The leader epoch that belongs to the highest record below an offset.</summary>
    public int LeaderEpochBelow(long offset)
    {
        for (var i = Deliveries.Count - 1; i >= 0; i--)
        {
            if (Deliveries[i].Entry.Offset < offset)
            {
                return Deliveries[i].Entry.LeaderEpoch;
            }
        }

        return -1;
    }

    /// <summary>The record before an offset, if it was delivered here.</summary>
    public LogEntry? RecordBefore(long offset)
    {
        for (var i = Deliveries.Count - 1; i >= 0; i--)
        {
            if (Deliveries[i].Entry.Offset == offset - 1)
            {
                return Deliveries[i].Entry;
            }
        }

        return null;
    }

    private void MoveOverFinished()
    {
        while (_lowestOpen < Deliveries.Count && (Deliveries[_lowestOpen].State == DeliveryState.Finished || Deliveries[_lowestOpen].IsParked))
        {
            _position = Deliveries[_lowestOpen].Entry.Offset + 1;
            _lowestOpen++;
        }

        MoveOverEnd();
    }

    private void MoveOverEnd()
    {
        if (_lowestOpen == Deliveries.Count && _end > _position)
        {
            _position = _end;
        }
    }

    private static int SizeOf(LogEntry entry) => ConsumedRecord.Overhead + (World.KeyOf(entry.Key)?.Length ?? 0) + (entry.Value?.Length ?? 0) + (entry.Source is null ? 0 : ConsumedRecord.OriginOverhead);
}

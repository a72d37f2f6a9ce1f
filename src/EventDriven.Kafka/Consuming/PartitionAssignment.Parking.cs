using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Consuming;

/// <content>
/// Parking: what stands in a lane beside its source records. A parked event runs in the lane of its key, so that never two of a key run at once (I2); a source record
/// whose key is parked is parked behind it, untried.
/// </content>
internal sealed partial class PartitionAssignment : IParkingLanes
{
    /// <summary>How many source records of a lane are parked together at most.</summary>
    private const int ParkedTogether = 256;

    /// <summary>How far a lane may be behind the newest record before its source records are parked ahead of running what is parked: so a key with a backlog holds nobody up.</summary>
    private const int LongestBacklog = 256;

    private readonly PartitionParking? _parking;
    private readonly List<Lane> _waitingForIndex = [];
    private readonly List<Lane> _waitingForRoom = [];

    /// <summary>Lanes whose next source records are being parked.</summary>
    private LaneList _beingParked;

    private bool _isHalfFull;

    /// <summary>What the partition parks; null where its consumer does not park.</summary>
    public PartitionParking? Parking => _parking;

    /// <summary>Whether the partition is being given up, or was.</summary>
    public bool IsGivenUp
    {
        get
        {
            lock (_gate)
            {
                return IsDraining || _fenced;
            }
        }
    }

    Position IParkingLanes.Position => _ledger.Position;

    long IParkingLanes.LastReceived => _ledger.LastReceived;

    long IParkingLanes.LowestOpen => _ledger.LowestOpen;

    bool IParkingLanes.IsDraining => IsDraining || _fenced;

    /// <summary>What is held in memory, the payloads of parked events included (I7).</summary>
    private long HeldBytes => _records.Bytes + (_parking?.PayloadBytes ?? 0) + _outputBytes;

    /// <summary>Parks the event that runs in a lane and has failed, or notes that it has failed once more.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="record">The event.</param>
    /// <param name="headers">Its headers, with what tells of its failure.</param>
    /// <param name="headerBytes">What was added to them weighs, in bytes.</param>
    /// <param name="step">The step in which it waits.</param>
    /// <param name="attempts">How many attempts were made.</param>
    /// <param name="dueAtMs">When it may be tried again, in milliseconds since the Unix epoch.</param>
    /// <returns>
    /// <see cref="Outcome.Parked"/> once that is acknowledged; <see cref="Outcome.Unfinished"/> where the assignment has ended before. The task never faults.
    /// </returns>
    public async Task<Outcome> ParkAsync(Lane lane, ConsumedRecord record, object? headers, int headerBytes, int step, int attempts, long dueAtMs)
    {
        var acknowledged = new TaskCompletionSource<bool>();
        var waits = true;
        lock (_gate)
        {
            if (_fenced)
            {
                return Outcome.Unfinished;
            }

            if (lane.Parked is { } parked)
            {
                waits = _parking!.AddStep(parked, headers, step, attempts, dueAtMs, acknowledged);
            }
            else
            {
                _parking!.ParkFailed(record, headers, headerBytes, step, attempts, dueAtMs, acknowledged);
            }
        }

        _parking.Kick();
        return !waits || await acknowledged.Task.ConfigureAwait(false) ? Outcome.Parked : Outcome.Unfinished;
    }

    /// <summary>Takes over how much the partition may hold: a quarter of that is for payloads of parked events.</summary>
    public void ShareBudget(AssignmentLimits limits)
    {
        if (_parking is null)
        {
            return;
        }

        lock (_gate)
        {
            _parking.SetPayloadBudget(limits.Bytes / 4);
        }

        _parking.Kick();
    }

    void IParkingLanes.OnIndexComplete() => ReleaseAll(_waitingForIndex, LaneWait.Index);

    void IParkingLanes.OnRoom() => ReleaseAll(_waitingForRoom, LaneWait.Room);

    void IParkingLanes.OnAppendsEnded() => SignalIfDrained();

    void IParkingLanes.Wake(ParkedKey key)
    {
        if (_fenced)
        {
            return;
        }

        if ((key.Key is null ? key.Lane : _byKey?.GetValueOrDefault(key.Hashed)) is { } lane)
        {
            if (lane.State == LaneState.Held && lane.WaitsFor is LaneWait.Acknowledgement or LaneWait.Room or LaneWait.Replay)
            {
                MakeReady(lane);
            }
        }
        else if (!IsDraining && key.FirstOpen is not null)
        {
            OpenLane(key);
        }
    }

    void IParkingLanes.OnParked(Lane lane)
    {
        _finished++;
        Complete(lane);
        if (--lane.BeingParked > 0)
        {
            return;
        }

        _beingParked.Remove(lane);
        if (lane.Head == RecordBuffer.None && !HasParked(lane))
        {
            Drop(lane);
        }
        else
        {
            MakeReady(lane);
        }
    }

    private ConsumedRecord GetSource(long number)
    {
        var record = _records.Get(number, Id);
        return _parking is null ? record : record with { FencingToken = _parking.Claim };
    }

    /// <summary>The offset of what runs, or is next, in a lane.</summary>
    private long OffsetOf(Lane lane) => lane.Parked is { } parked ? parked.OriginalOffset : _ledger.OffsetOf(lane.Head);

    /// <summary>Whether anything of the lane's key is parked, so that the lane has to look at it.</summary>
    private bool HasParked(Lane lane) => _parking is { IsTransparent: false } && ParkedKeyOf(lane) is not null;

    /// <summary>What is parked of the lane's key. It is looked for once, until a key comes into the index or leaves it: healthy keys ask with each record.</summary>
    private ParkedKey? ParkedKeyOf(Lane lane)
    {
        if (lane.ParkedKey is { } own)
        {
            return own;
        }

        var index = _parking!.Index;
        if (lane.LookedUpIn != index.Version)
        {
            lane.LookedUpIn = index.Version;
            lane.LookedUp = index.Find(lane.Key);
        }

        return lane.LookedUp;
    }

    /// <summary>Starts what comes next in a lane where something is, or may be, parked.</summary>
    private LaneStep StartBesideParked(Lane lane, out ConsumedRecord record)
    {
        record = default;
        if (IsHeldOrStopped(lane))
        {
            return LaneStep.Release;
        }

        if (!_parking!.IsOpen)
        {
            // Nothing of the partition starts before it is known what of it is parked.
            Hold(lane, LaneWait.Index);
            _waitingForIndex.Add(lane);
            return LaneStep.Release;
        }

        while (true)
        {
            var key = ParkedKeyOf(lane);
            var parked = key is null || IsDraining ? null : _parking.FindRunnable(key);
            if (lane.Head == RecordBuffer.None)
            {
                return parked is null ? Leave(lane) : Run(lane, parked, out record);
            }

            var offset = _ledger.OffsetOf(lane.Head);
            if (parked is not null && _parking.GoesBefore(offset, parked))
            {
                parked = null;
            }

            if (parked is not null && !IsHoldingOthersUp(lane))
            {
                return Run(lane, parked, out record);
            }

            if (lane.Head > _drainLimit)
            {
                Hold(lane, LaneState.Held);
                return LaneStep.Release;
            }

            // What is parked goes on where the source record behind it may not: the position may be waiting for it.
            if (lane.Head - _ledger.Head >= _maxReplay)
            {
                if (parked is not null)
                {
                    return Run(lane, parked, out record);
                }

                Hold(lane, LaneWait.Replay);
                _waitingForReplay.Enqueue(lane, lane.Head);
                return LaneStep.Release;
            }

            if ((key is not null || lane.Key.Bytes is null) && IsParked(lane.Head, lane.Key))
            {
                // Exactly this event is parked: it is as good as handed over, whoever did it (I4).
                if (lane.Key.Bytes is null)
                {
                    _parking.Index.OnCopy(offset, _records.Get(lane.Head, Id).TimestampMs);
                }

                _highestStarted = Math.Max(_highestStarted, lane.Head);
                _finished++;
                Complete(lane);
                continue;
            }

            if (key is { FirstOpen: null })
            {
                // What was parked of its key is done, which only waits for its acknowledgement.
                Hold(lane, LaneWait.Acknowledgement);
                return LaneStep.Release;
            }

            if (!_parking.LetsThrough(offset))
            {
                if (parked is not null)
                {
                    return Run(lane, parked, out record);
                }

                Hold(lane, LaneWait.Room);
                _waitingForRoom.Add(lane);
                return LaneStep.Release;
            }

            if (key is not null)
            {
                Park(lane);
                return LaneStep.Release;
            }

            _highestStarted = Math.Max(_highestStarted, lane.Head);
            SetRunning(lane);
            record = GetSource(lane.Head);
            return LaneStep.Run;
        }
    }

    private LaneStep Run(Lane lane, ParkedItem parked, out ConsumedRecord record)
    {
        lane.Parked = parked;
        SetRunning(lane);
        record = _parking!.ToRecord(parked);
        return LaneStep.Run;
    }

    /// <summary>Lets go of a lane without source records whose parked events may not run yet: it comes again when they may.</summary>
    private LaneStep Leave(Lane lane)
    {
        Drop(lane);
        SignalIfDrained();
        return LaneStep.Release;
    }

    /// <summary>Parks the next source records of a lane, untried, behind what is parked of its key.</summary>
    private void Park(Lane lane)
    {
        for (var number = lane.Head; number != RecordBuffer.None && lane.BeingParked < ParkedTogether; number = _records.NextOf(number))
        {
            if (lane.BeingParked > 0
                && (number > _drainLimit || number - _ledger.Head >= _maxReplay || IsParked(number, lane.Key) || !_parking!.LetsThrough(_ledger.OffsetOf(number))))
            {
                break;
            }

            _parking!.ParkUntried(_records.Get(number, Id), lane);
            _highestStarted = Math.Max(_highestStarted, number);
            lane.BeingParked++;
        }

        lane.State = LaneState.Parking;
        _beingParked.Add(lane);
    }

    private bool IsParked(long number, HashedKey key)
    {
        var record = _records.Get(number, Id);
        return _parking!.IsParked(key, record.Offset, record.TimestampMs);
    }

    private void FinishParked(Lane lane, in ProcessingResult result)
    {
        var parked = lane.Parked!;
        lane.Parked = null;
        if (result.Outcome is not Outcome.Parked)
        {
            _parking!.Finish(parked, result.Output);
            _outputBytes += result.Output?.Bytes ?? 0;
        }
    }

    private void NoteReceived(long offset, AssignmentLimits limits, bool isFull)
    {
        _isHalfFull = isFull || _records.Count * 2L >= limits.Records || HeldBytes * 2 >= limits.Bytes;
        _parking!.OnReceived(offset);
        _parking.OnPassed();
    }

    /// <summary>Whether the source records of a lane stand in the way of others: of the position, or of what could be read.</summary>
    private bool IsHoldingOthersUp(Lane lane) => _ledger.Tail - lane.Head > Math.Min(LongestBacklog, _maxReplay / 2) || _isHalfFull;

    private void OpenLane(ParkedKey key)
    {
        var lane = NewLane();
        if (key.Key is null)
        {
            lane.ParkedKey = key;
            key.Lane = lane;
        }
        else
        {
            lane.Key = key.Hashed;
            (_byKey ??= []).Add(key.Hashed, lane);
        }

        if (IsBlocked(lane))
        {
            lane.State = LaneState.Blocked;
            _blocked.Add(lane);
        }
        else
        {
            MakeReady(lane);
        }
    }

    private void ReleaseAll(List<Lane> lanes, LaneWait reason)
    {
        var waiting = lanes.ToArray();
        lanes.Clear();
        foreach (var lane in waiting)
        {
            Release(lane, reason);
        }
    }

    private List<PendingAppend> FenceParking()
    {
        _waitingForIndex.Clear();
        _waitingForRoom.Clear();
        _beingParked = default;
        return _parking!.Fence();
    }
}

using System.Diagnostics.CodeAnalysis;
using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Consuming;

/// <summary>
/// One assignment of one partition: its records, their lanes, and what of them is finished. The object itself is the epoch: results that arrive after it
/// was fenced are discarded, and a later assignment of the same partition is another object (I3).
/// </summary>
/// <remarks>
/// The poll thread appends and drains, workers start and finish; a lock that is held for a few instructions stands between them.
/// Plain and synchronous: time comes from a provider, ready lanes go to a queue, so that the simulator can drive it.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Handlers may use the tokens after the assignment has ended; a source without a timer holds nothing.")]
internal sealed partial class PartitionAssignment
{
    private readonly Lock _gate = new();
    private readonly ILaneQueue _queue;
    private readonly TimeProvider _time;
    private readonly OrderingMode _ordering;
    private readonly int _maxReplay;
    private readonly OffsetLedger _ledger = new();
    private readonly RecordBuffer _records = new();
    private readonly IReadOnlyList<PartitionAssignment> _predecessors;
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _cancelled = new();
    private long _finished;
    private bool _fenced;
    private bool _held;
    private StoppedAt? _stoppedAt;

    /// <param name="id">The partition.</param>
    /// <param name="options">The consumer's options.</param>
    /// <param name="queue">Where ready lanes go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="predecessors">Earlier assignments of the partition in this process that still have handlers running.</param>
    /// <param name="parking">What keeps the order of keys through retries; null where nothing does.</param>
    /// <param name="onFinished">Told of each event that is finished, where outputs and positions go into transactions; null where they do not.</param>
    public PartitionAssignment(
        PartitionId id,
        EventConsumerOptions options,
        ILaneQueue queue,
        TimeProvider time,
        IReadOnlyList<PartitionAssignment> predecessors,
        PartitionParking? parking = null,
        Action? onFinished = null)
    {
        _onFinished = onFinished;
        _outputs = onFinished is null ? null : new PriorityQueue<EventOutput, long>();
        _stepLength = Math.Max(1, options.CommitAfterEvents / 8);
        Id = id;
        _queue = queue;
        _time = time;
        _ordering = options.Ordering;
        _maxReplay = options.MaxReplay;
        _predecessors = predecessors;
        _movedAt = ArrivalAwaitedSince = time.GetTimestamp();
        if (options.MaxBatchEvents is { } maxBatchEvents)
        {
            _maxBatchEvents = maxBatchEvents;
            _maxBatchWait = options.MaxBatchWait;
            _nextBatch = new Lane(this) { IsForBatch = true };
        }

        if (parking is not null)
        {
            _parking = parking;
            parking.Attach(this, _gate);
        }

        Tokens = new ProcessingTokens(_draining.Token, _cancelled.Token);
    }

    public PartitionId Id { get; }

    public ProcessingTokens Tokens { get; }

    /// <summary>The position that was last handed to the client; used by the poll thread only.</summary>
    public Position? Stored { get; set; }

    /// <summary>The offset of the position that the broker was last known to have; -1 while none is. Used by the poll thread only.</summary>
    public long Acknowledged { get; set; } = -1;

    /// <summary>Why the client is not fetching this partition; written by the poll thread only.</summary>
    public PauseReasons Pauses { get; set; }

    /// <summary>The offset that comes next if the log has no gap; -1 while unknown. Used by the poll thread only.</summary>
    public long Expected { get; set; } = -1;

    /// <summary>The offset of the first record received; -1 before it. Used by the poll thread only.</summary>
    public long First { get; set; } = -1;

    /// <summary>The offset of the first record that was dropped because it came before the start was known; -1 for none. Used by the poll thread only.</summary>
    public long Skipped { get; set; } = -1;

    /// <summary>How far the client has come with it; used by the poll thread only.</summary>
    public Arrival Arrival { get; set; }

    /// <summary>Since when the client is to begin it, and has not; used by the poll thread only.</summary>
    public long ArrivalAwaitedSince { get; set; }

    /// <summary>How long that may take before the client is to begin it anew; zero for the first time. Used by the poll thread only.</summary>
    public TimeSpan ArrivalPatience { get; set; }

    /// <summary>Whether the client was told the committed position to begin at, having begun below; used by the poll thread only.</summary>
    public bool WasToldWhereToBegin { get; set; }

    /// <summary>Where the client is to read on once it has begun to; used by the poll thread only.</summary>
    public long? AwaitedSeek { get; set; }

    /// <summary>Where it starts, until the broker has acknowledged that; used by the poll thread only.</summary>
    public Position? UncommittedStart { get; set; }

    /// <summary>Told when the broker has acknowledged where it starts, where that is what a user's seek waits for; used by the poll thread only.</summary>
    public TaskCompletionSource? Sought { get; set; }

    /// <summary>Told whether the broker has accepted a commit of the position, which shows that the partition is owned; used by the poll thread only.</summary>
    public TaskCompletionSource<bool>? Proof { get; set; }

    /// <summary>The offset of the event that was last reported as stuck; used by the poll thread only.</summary>
    public long? ReportedStuck { get; set; }

    /// <summary>Called once, on a worker, when a record of this partition has failed for good.</summary>
    public Action<PartitionAssignment, StoppedAt>? OnStopped { get; set; }

    /// <summary>The event at which the partition has stopped, if it has.</summary>
    public StoppedAt? StoppedAt => Volatile.Read(ref _stoppedAt);

    /// <summary>Whether handlers of this assignment still run.</summary>
    public bool HasRunning
    {
        get
        {
            lock (_gate)
            {
                return _running.Count > 0;
            }
        }
    }

    /// <summary>Sets where the assignment starts, once that was resolved.</summary>
    public void StartAt(Position position)
    {
        lock (_gate)
        {
            if (!_ledger.HasPosition)
            {
                _ledger.StartAt(position);
            }
        }
    }

    /// <summary>Takes a record in.</summary>
    /// <param name="record">The record.</param>
    /// <param name="limits">How much the partition may hold.</param>
    /// <param name="ready">The lane that it made ready, which the caller enqueues; null where its lane is busy or was ready before.</param>
    public AppendResult Append(in ConsumedRecord record, AssignmentLimits limits, out Lane? ready)
    {
        AppendResult result;
        var key = _ordering == OrderingMode.Key ? new HashedKey(record.Key) : default;
        lock (_gate)
        {
            ready = null;
            if (_fenced)
            {
                return AppendResult.Taken;
            }

            var number = _ledger.Append(record.Offset, record.LeaderEpoch);
            if (number < 0)
            {
                return AppendResult.WentBack;
            }

            _records.Add(number, _ledger.Head, record);
            _hasDueTimes |= record.Origin?.DueAt is not null;
            var isFull = limits.IsFull(_records.Count, HeldBytes);
            ready = _nextBatch is null ? AddToLane(LaneOf(key), number) : AddForBatch(LaneOf(key), number, isFull);
            result = isFull ? AppendResult.Full : AppendResult.Taken;
            if (_parking is null || _parking.IsTransparent)
            {
                return result;
            }

            NoteReceived(record.Offset, limits, isFull);
            if (!_parking.HasToDo)
            {
                return result;
            }
        }

        _parking.Kick();
        return result;
    }

    /// <summary>Notes that the client has reached the end of the partition.</summary>
    /// <returns>False where the end lies below what was received before: the log has gone back.</returns>
    public bool ReachEnd(long offset)
    {
        lock (_gate)
        {
            if (!_ledger.ReachEnd(offset))
            {
                return false;
            }

            _parking?.OnPassed();
            _parking?.OnEndOfSource();
        }

        _parking?.Kick();
        return true;
    }

    /// <summary>Whether what comes at an offset, or an end there, means that the log has gone back.</summary>
    public bool IsBehind(long offset)
    {
        lock (_gate)
        {
            return _ledger.IsBehind(offset);
        }
    }

    /// <summary>The position that may be committed now; null while none is known or once fenced.</summary>
    public Position? Position
    {
        get
        {
            lock (_gate)
            {
                return _fenced || !_ledger.HasPosition ? null : _ledger.Position;
            }
        }
    }

    /// <summary>How much it holds that is not finished.</summary>
    public (int Records, long Bytes) Held
    {
        get
        {
            lock (_gate)
            {
                return (_records.Count, _records.Bytes);
            }
        }
    }

    /// <summary>Whether the partition, once full but not paused, holds little enough to go on.</summary>
    public bool HasRoom(AssignmentLimits limits)
    {
        lock (_gate)
        {
            var hasRoom = limits.HasRoom(_records.Count, HeldBytes);
            if ((Pauses & PauseReasons.Backpressure) == 0)
            {
                _isFull = !hasRoom;
                QueueNextBatch();
            }

            return hasRoom;
        }
    }

    /// <summary>Whether the partition, once full and paused, holds little enough to be fetched again.</summary>
    public bool HasRoomAgain(AssignmentLimits limits)
    {
        lock (_gate)
        {
            var hasRoom = limits.HasRoomAgain(_records.Count, HeldBytes);
            _isFull &= !hasRoom;
            return hasRoom;
        }
    }

    /// <summary>Lets a stopped partition try again, from the event that failed.</summary>
    public void Retry()
    {
        lock (_gate)
        {
            if (_fenced || _stoppedAt is null || IsDraining)
            {
                return;
            }

            Volatile.Write(ref _stoppedAt, null);
            foreach (var lane in _waitingForRetry)
            {
                Release(lane, LaneWait.Retry);
            }

            _waitingForRetry.Clear();
        }
    }

    /// <summary>Starts nothing more, or goes on; what is in handlers ends in any case.</summary>
    public void SetHeld(bool held)
    {
        lock (_gate)
        {
            if (_fenced || _held == held)
            {
                return;
            }

            _held = held;
            if (held)
            {
                if (IsDraining)
                {
                    HoldWhatShallNotStart();
                    SignalIfDrained();
                }

                return;
            }

            foreach (var lane in _waitingForResume)
            {
                Release(lane, LaneWait.Resume);
            }

            _waitingForResume.Clear();
        }
    }

    /// <summary>What there is to say about this assignment, from one snapshot.</summary>
    public AssignmentSnapshot GetSnapshot()
    {
        lock (_gate)
        {
            var (waiting, newestWaits) = CountWaiting();
            return new AssignmentSnapshot
            {
                Id = Id,
                Position = _ledger.HasPosition ? _ledger.Position.Offset : null,
                LastReceived = _ledger.LastReceived,
                IsAtEnd = _ledger.IsAtEnd,
                Held = _records.Count,
                HeldBytes = HeldBytes,
                Waiting = waiting,
                NewestWaits = newestWaits,
                Running = _running.Count + _runningInSameLane,
                Finished = _finished,
                OldestRunningOffset = _fenced || _running.First is not { } oldest ? null : OffsetOf(oldest),
                OldestRunning = _running.First is { } running ? _time.GetElapsedTime(running.StartedAt) : null,
                PositionAge = GetPositionAge(),
                StoppedAt = _stoppedAt,
                Pauses = Pauses,
                IsFenced = _fenced,
                Parking = _fenced ? null : _parking?.GetSnapshot(),
            };
        }
    }

    /// <summary>
    /// Ends the epoch: nothing starts any more, and what still runs changes nothing when it ends.
    /// </summary>
    /// <returns>The last position, which may be committed while the partition is still owned; null where none is known, or when it was fenced before.</returns>
    public Position? Fence()
    {
        List<PendingAppend>? abandoned = null;
        Position? position;
        lock (_gate)
        {
            if (_fenced)
            {
                return null;
            }

            _fenced = true;
            _records.Clear();
            _outputs?.Clear();
            _outputBytes = 0;
            _byKey?.Clear();
            _waitingForReplay.Clear();
            _waitingForTime.Clear();
            _waitingForRetry.Clear();
            _waitingForResume.Clear();
            _blocked.Clear();
            _batchTimer?.Dispose();
            _dueTimer?.Dispose();
            if (_parking is not null)
            {
                abandoned = FenceParking();
            }

            position = _ledger.HasPosition ? _ledger.Position : null;
        }

        foreach (var pending in abandoned ?? [])
        {
            pending.Acknowledged?.TrySetResult(false);
        }

        return position;
    }

    /// <summary>Fires the token of the handlers that still run, on threads of the pool: their callbacks are user code.</summary>
    public void Cancel()
    {
        // The task only reports what registered callbacks throw; the handlers that registered them own that.
        _ = _draining.CancelAsync();
        _ = _cancelled.CancelAsync();
        _parking?.End();
    }
}

using System.Diagnostics.CodeAnalysis;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Parking;

/// <summary>
/// What one assignment of a partition parks: the protocol of the parked log from its claim on. Its state is guarded by the gate of its assignment; the log is read
/// and written outside of it, by loops that go on wherever the log answers.
/// </summary>
/// <remarks>What is called "under the gate" must be; after that, and outside of it, <see cref="Kick"/> sends what has come together.</remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "End is its disposal; loops may still look at the token then.")]
internal sealed partial class PartitionParking
{
    /// <summary>How far into the future a due time is believed: what is written there is hostile or damaged.</summary>
    private static readonly TimeSpan LongestWait = Failures.RetryDelay.Longest;

    /// <summary>How often what waits is looked at again, so that a clock that was set forward is noticed.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMinutes(1);

    private readonly ParkingSettings _settings;
    private readonly ParkingRules _rules;
    private readonly EventConsumerOptions _options;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly long _beganAtMs;
    private readonly IParkedLog _log;
    private readonly ParkedLogReader _reader;
    private readonly AppendQueue _appends;
    private readonly TrimSchedule _trims;
    private readonly CancellationTokenSource _ended = new();
    private readonly PriorityQueue<ParkedKey, long> _notDue = new();
    private readonly PriorityQueue<ParkedKey, long> _forSource = new();
    private readonly Queue<ParkedKey> _forMarkers = new();
    private Lock _gate = new();
    private IParkingLanes _lanes = null!;
    private ITimer? _dueTimer;
    private long _timerFor = long.MaxValue;
    private long _replayThrough = -1;
    private bool _sourceEndSeen;
    private bool _isAtBound;

    public PartitionParking(PartitionId source, ParkingSettings settings, EventConsumerOptions options, TimeProvider time, long highestStored = -1)
    {
        _settings = settings;
        _rules = settings.Rules;
        _options = options;
        _time = time;
        _began = time.GetTimestamp();
        _beganAtMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        _log = settings.Logs.Open(source);
        _reader = new ParkedLogReader(_rules);
        _appends = new AppendQueue(_rules);
        _trims = new TrimSchedule(highestStored, _rules);
        Index = new ParkedIndex(source);
    }

    public ParkedIndex Index { get; }

    /// <summary>Whether the claim counts and everything before it is known. Under the gate.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The position from which the assignment started.</summary>
    public long Start { get; private set; }

    /// <summary>Whether nothing stands in the way of any source record: the one look that a healthy event costs. Under the gate.</summary>
    public bool IsTransparent => IsOpen && Index.Count == 0 && !Index.AwaitsCopies && !_isAtBound;

    /// <summary>Whether the partition may start. Under the gate.</summary>
    public bool IsOpen => IsComplete || (_rules & ParkingRules.StartBehindIndex) == 0;

    /// <summary>The offset of the claim: higher for each later owner. Under the gate.</summary>
    public long Claim => _appends.Claim;

    /// <summary>Whether appends are in flight or wait, which a drain waits for. Under the gate.</summary>
    public bool HasAppends => !_appends.IsEmpty;

    /// <summary>Whether the assignment has ended.</summary>
    private bool IsEnded { get; set; }

    public void Attach(IParkingLanes lanes, Lock gate)
    {
        _lanes = lanes;
        _gate = gate;
    }

    /// <summary>Whether a source record may start, or be parked, as far as the bound goes. Under the gate.</summary>
    public bool LetsThrough(long offset) =>
        !_isAtBound || ((_rules & ParkingRules.BoundLetsReplayThrough) != 0 && offset <= _replayThrough);

    /// <summary>
    /// The first event of a key by original offset, where it may run now; where it may not, what it waits for is noted, and the key is woken then. Under the gate.
    /// </summary>
    public ParkedItem? FindRunnable(ParkedKey key)
    {
        if (!IsComplete || key.FirstOpen is not { } item)
        {
            return null;
        }

        if (item.DueMs > NowMs)
        {
            WaitUntilDue(key, item.DueMs);
            return null;
        }

        if (IsToBePassed(item))
        {
            WaitUntilPassed(key, item.OriginalOffset);
            return null;
        }

        if (WaitsForSource(item))
        {
            if (!key.IsQueuedForSource)
            {
                key.IsQueuedForSource = true;
                _forSource.Enqueue(key, item.OriginalOffset);
            }

            return null;
        }

        // Of what has ended, no more than so much may run again at the next owner (I5).
        if (Markers >= _options.MaxReplay)
        {
            if (!key.IsQueuedForMarkers)
            {
                key.IsQueuedForMarkers = true;
                _forMarkers.Enqueue(key);
            }

            return null;
        }

        if (item.Payload is null)
        {
            Want(item);
            return null;
        }

        return item;
    }

    /// <summary>Whether a source record is parked already, so that it is complete. Under the gate.</summary>
    public bool IsParked(HashedKey key, long offset, long timestampMs) =>
        Index.Contains(key, offset, timestampMs)
        || ((_rules & ParkingRules.OnlyItselfIsParked) == 0 && Index.Find(key) is { Count: > 0 } parked && parked[parked.Count - 1].OriginalOffset > offset);

    /// <summary>
    /// Whether a source record must be handled, parked or completed before a parked event of its key: its offset is not above that event's, so it is the event's own
    /// copy or one before it, being replayed. Under the gate.
    /// </summary>
    public bool GoesBefore(long sourceOffset, ParkedItem item) =>
        (_rules & ParkingRules.WaitForSourceCopy) != 0 && item.IsOfThisSource && sourceOffset <= item.OriginalOffset;

    /// <summary>Looks whether a key's first event may run. Under the gate.</summary>
    public void Consider(ParkedKey key)
    {
        if (!_lanes.IsDraining && FindRunnable(key) is not null)
        {
            _lanes.Wake(key);
        }
    }

    /// <summary>Source records up to an offset were received: what is parked at or below it may run once its lane has come past it. Under the gate.</summary>
    public void OnReceived(long offset)
    {
        while (_forSource.TryPeek(out var key, out var waitsFor) && (waitsFor <= offset || _sourceEndSeen))
        {
            _forSource.Dequeue();
            key.IsQueuedForSource = false;
            Consider(key);
        }
    }

    /// <summary>Markers were acknowledged: what waited for that may run. Under the gate.</summary>
    private void OnMarkersAcknowledged()
    {
        while (Markers < _options.MaxReplay && _forMarkers.TryDequeue(out var key))
        {
            key.IsQueuedForMarkers = false;
            Consider(key);
        }
    }

    /// <summary>The source was read to its end: what is parked above it has no copy there, since the log lost it or is another one. Under the gate.</summary>
    public void OnEndOfSource()
    {
        _sourceEndSeen = true;
        OnReceived(long.MaxValue);
    }

    /// <summary>Makes the record that handlers see of a parked event that runs. Under the gate.</summary>
    public ConsumedRecord ToRecord(ParkedItem item)
    {
        var original = item.OriginalPartition(Index.Source);
        return new ConsumedRecord
        {
            Topic = original.Topic,
            Partition = original.Partition,
            Offset = item.OriginalOffset,
            TimestampMs = item.OriginalTimestampMs,
            Key = item.Key.Key,
            Value = item.Payload!.Value,
            Headers = item.Payload.Headers,
            FencingToken = Claim,
            Origin = new EventOrigin
            {
                Partition = original,
                Source = Index.Source.Topic,
                Offset = item.OriginalOffset,
                TimestampMs = item.OriginalTimestampMs,
                Attempts = item.Attempts,
                Step = item.Step,
                Redriven = item.Redriven,
            },
        };
    }

    /// <summary>A parked event has reached an outcome: it leaves the index when that is acknowledged; the next of its key may start before. Under the gate.</summary>
    /// <param name="item">The event.</param>
    /// <param name="output">What it has produced, where that goes into a transaction; null for nothing.</param>
    public void Finish(ParkedItem item, EventOutput? output)
    {
        item.IsDone = true;
        Drop(item);
        if (IsTransactional)
        {
            _finished.Enqueue((item, output));
            return;
        }

        _appends.Add(new PendingAppend { Entry = new ParkedEntry { Kind = ParkedEntryKind.Done, About = item.Id }, Item = item });
        if ((_rules & ParkingRules.KeepKeyUntilDone) == 0)
        {
            Index.Remove(item);
        }
    }

    /// <summary>Parks a source record that was not tried, since its key is parked. Under the gate.</summary>
    public void ParkUntried(in ConsumedRecord record, Lane lane) => AddParked(record, record.Headers, record.Size, lane, null, step: -1, attempts: 0, dueAtMs: 0);

    /// <summary>Parks a source record that has failed. Under the gate.</summary>
    public void ParkFailed(in ConsumedRecord record, object? headers, int headerBytes, int step, int attempts, long dueAtMs, TaskCompletionSource<bool> acknowledged) =>
        AddParked(record, headers, record.Size + headerBytes, null, acknowledged, step, attempts, dueAtMs);

    /// <summary>Notes that a parked event has failed again. Under the gate.</summary>
    /// <returns>Whether the caller waits for the acknowledgement.</returns>
    public bool AddStep(ParkedItem item, object? headers, int step, int attempts, long dueAtMs, TaskCompletionSource<bool> acknowledged)
    {
        var waits = (_rules & ParkingRules.StepBeforeAttempt) != 0;
        _appends.Add(new PendingAppend
        {
            Entry = new ParkedEntry { Kind = ParkedEntryKind.Step, About = item.Id, Headers = headers, StepIndex = step, Attempts = attempts, DueAtMs = dueAtMs },
            Item = item,
            Acknowledged = waits ? acknowledged : null,
        });
        if (!waits)
        {
            (item.Step, item.Attempts, item.DueMs) = (step, attempts, DueMs(dueAtMs));
        }

        return waits;
    }

    /// <summary>Ends the epoch: nothing more of it is written. Under the gate.</summary>
    /// <returns>What waited for an acknowledgement; told outside of the gate.</returns>
    public List<PendingAppend> Fence()
    {
        IsEnded = true;
        IsComplete = false;
        _dueTimer?.Dispose();
        Index.Clear();
        _wanted.Clear();
        _finished.Clear();
        _committing.Clear();
        return _appends.Clear();
    }

    /// <summary>Ends what is under way. Outside of the gate, once fenced.</summary>
    public void End()
    {
        _ended.Cancel();
        _log.Dispose();
    }

    /// <summary>Under the gate.</summary>
    public ParkingSnapshot GetSnapshot() => new()
    {
        IsComplete = IsComplete,
        RebuildTime = _rebuildTime,
        Entries = Index.Count + _appends.Parked,
        Keys = Index.Keys,
        Bytes = Index.Bytes + _appends.ParkedBytes,
        OldestDue = GetOldestDue(),
        IsAtBound = _isAtBound,
        Error = (_readError ?? _appendError ?? _trimError)?.Message,
        IsGrowing = _isGrowing,
    };

    /// <summary>The wall clock as it was when this began, and from there on evenly: it does not jump.</summary>
    private long NowMs => _beganAtMs + (Elapsed / TimeSpan.TicksPerMillisecond);

    private long Elapsed => _time.GetElapsedTime(_began).Ticks;

    /// <summary>
    /// When an entry is due, by the clock that does not jump: what is written is by a wall clock, and is compared with it once. No further away than the longest delay
    /// there is, never before its time, and 0 where it says none.
    /// </summary>
    private long DueMs(long writtenDueAtMs)
    {
        if (writtenDueAtMs <= 0)
        {
            return 0;
        }

        var longest = (long)LongestWait.TotalMilliseconds;
        var wait = Math.Clamp(writtenDueAtMs - _time.GetUtcNow().ToUnixTimeMilliseconds(), -longest, longest);
        return _beganAtMs + ((Elapsed + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond) + wait;
    }

    /// <summary>
    /// A parked event whose source record this assignment is still to read waits until it has: an earlier event of its key may be replayed from there, and must not run
    /// behind it.
    /// </summary>
    private bool WaitsForSource(ParkedItem item) =>
        item.IsOfThisSource && item.OriginalOffset >= Start && item.OriginalOffset > _lanes.LastReceived && !_sourceEndSeen
        && (_rules & ParkingRules.WaitForSourceCopy) != 0;

    private void AddParked(
        in ConsumedRecord record, object? headers, int size, Lane? lane, TaskCompletionSource<bool>? acknowledged, int step, int attempts, long dueAtMs)
    {
        _appends.Add(new PendingAppend
        {
            Entry = new ParkedEntry
            {
                Kind = ParkedEntryKind.Parked,
                Key = record.Key,
                Value = record.Value,
                Headers = headers,
                OriginalPartition = Index.Source,
                OriginalOffset = record.Offset,
                OriginalTimestampMs = record.TimestampMs,
                StepIndex = step,
                Attempts = attempts,
                DueAtMs = dueAtMs,
            },
            Item = new ParkedItem
            {
                OriginalOffset = record.Offset,
                OriginalTimestampMs = record.TimestampMs,
                Step = step,
                Attempts = attempts,
                DueMs = DueMs(dueAtMs),
                Size = size,
            },
            Lane = lane,
            Acknowledged = acknowledged,
        });
        UpdateBound();
    }

    /// <summary>Between the marks nothing changes, so that a partition at its bound does not go on and stop with each event.</summary>
    private void UpdateBound()
    {
        var events = Index.Count + _appends.Parked;
        var bytes = Index.Bytes + _appends.ParkedBytes;
        if (events >= _options.MaxParkedEvents || bytes >= _options.MaxParkedBytes)
        {
            _isAtBound = true;
        }
        else if (_isAtBound && events <= _options.MaxParkedEvents - (_options.MaxParkedEvents / 8) && bytes <= _options.MaxParkedBytes - (_options.MaxParkedBytes / 8))
        {
            _isAtBound = false;
            _lanes.OnRoom();
        }
    }

    /// <summary>At the bound, source records up to where an event is parked are let through: it may be waiting for them.</summary>
    private void LetThrough(ParkedItem item)
    {
        if (!item.IsOfThisSource || item.OriginalOffset <= _replayThrough)
        {
            return;
        }

        _replayThrough = item.OriginalOffset;
        if (_isAtBound)
        {
            _lanes.OnRoom();
        }
    }

    private void WaitUntilDue(ParkedKey key, long dueMs)
    {
        // It stands there once at least for a time that is early enough; what comes out too early waits again.
        if (key.QueuedForMs <= dueMs)
        {
            return;
        }

        key.QueuedForMs = dueMs;
        _notDue.Enqueue(key, dueMs);
        SetDueTimer();
    }

    private void SetDueTimer()
    {
        if (IsEnded || !_notDue.TryPeek(out _, out var dueMs) || dueMs >= _timerFor)
        {
            return;
        }

        _timerFor = dueMs;
        _dueTimer ??= _time.CreateTimer(static parking => ((PartitionParking)parking!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var wait = TimeSpan.FromMilliseconds(Math.Clamp(dueMs - NowMs, 0, (long)LongestTimer.TotalMilliseconds));
        _dueTimer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void OnDue()
    {
        lock (_gate)
        {
            if (IsEnded)
            {
                return;
            }

            _timerFor = long.MaxValue;
            var now = NowMs;
            while (_notDue.TryPeek(out var key, out var dueMs) && dueMs <= now)
            {
                _notDue.Dequeue();
                key.QueuedForMs = long.MaxValue;
                Consider(key);
            }

            SetDueTimer();
        }

        Kick();
    }

    /// <summary>What is due is in memory or wanted there, which is bounded, or still waits for the source.</summary>
    private TimeSpan? GetOldestDue()
    {
        var now = NowMs;
        long? oldest = null;
        foreach (var item in _kept.Concat(_wanted))
        {
            if (item is { IsDone: false, DueMs: > 0 } && item.DueMs <= now && item.Key.FirstOpen == item)
            {
                oldest = Math.Max(oldest ?? 0, now - item.DueMs);
            }
        }

        return oldest is { } age ? TimeSpan.FromMilliseconds(age) : null;
    }
}

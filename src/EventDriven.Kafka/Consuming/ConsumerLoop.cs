using System.Collections.Concurrent;
using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <summary>
/// One client instance at work, as the poll thread sees it: takes records in, pauses what is full, stores what is finished, and answers rebalances.
/// It never runs user code and never awaits; it waits for handlers in one place only, inside a revocation, at most for the drain timeout.
/// </summary>
/// <remarks>All but <see cref="Post"/> and <see cref="GetSnapshots"/> belongs to the poll thread. Time, client and workers are seams, so that the simulator can drive it.</remarks>
internal sealed partial class ConsumerLoop : IRecordListener, IDisposable
{
    /// <summary>Records taken in at a time, before workers are woken: enough to pay for waking them, few enough not to be felt.</summary>
    private const int MaxBatch = 256;

    /// <summary>How soon a stop or a command is noticed while no record comes.</summary>
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(50);

    /// <summary>How often it is looked for partitions that make no progress.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly ConsumerSettings _settings;
    private readonly EventConsumerOptions _options;
    private readonly IRecordSource _source;
    private readonly ILaneQueue _queue;
    private readonly IDrainSignal _drain;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<Action<ConsumerLoop>> _commands = new();
    private readonly Dictionary<PartitionId, PartitionAssignment> _assignments = [];
    private readonly List<Lane> _ready = [];
    private PartitionAssignment[] _current = [];
    private PartitionAssignment? _last;
    private AssignmentLimits _limits;
    private long _lastStore;
    private long _lastLook;
    private readonly HashSet<PartitionId> _pausedPartitions = [];
    private bool _paused;

    public ConsumerLoop(
        ConsumerSettings settings,
        IRecordSource source,
        ILaneQueue queue,
        IDrainSignal drain,
        LingeringAssignments lingering,
        TimeProvider time,
        ILogger logger,
        ConsumerTelemetry? telemetry = null,
        ParkingSettings? parking = null)
    {
        _parking = parking;
        _settings = settings;
        _options = settings.Options;
        _topics = new TopicSelection(_options.Topics);
        _retries = settings.RetryTopics;
        _source = source;
        _queue = queue;
        _drain = drain;
        _lingering = lingering;
        _time = time;
        _logger = logger;
        _telemetry = telemetry;
        _errors = new ClientErrors(time);
        _lastStore = _lastLook = time.GetTimestamp();
    }

    /// <summary>What ended the loop from inside; null while it goes on.</summary>
    public ConsumerEnd? End { get; private set; }

    /// <summary>Records finished in assignments that have ended.</summary>
    public long FinishedBefore { get; private set; }

    /// <summary>Events found expired on the broker before they were read.</summary>
    public long Expired { get; private set; }

    /// <summary>Whether brokers have answered a fetch: the client works. A client that may not read gets partitions too.</summary>
    public bool HasWorked { get; private set; }

    /// <summary>The offset after the newest record of a partition, as far as the client knows it. Thread-safe.</summary>
    public long? GetLogEnd(PartitionId partition) => _source.GetLogEnd(partition);

    /// <summary>One turn of the poll thread.</summary>
    public void Step()
    {
        // A command may leave another for the next turn: only those that are here now.
        for (var left = _commands.Count; left > 0 && _commands.TryDequeue(out var command); left--)
        {
            command(this);
        }

        if (!_stopping && Volatile.Read(ref _stop) is not null)
        {
            BeginStop();
        }

        if (IsWaitingForRoom())
        {
            _source.Idle(FullWait);
        }
        else
        {
            _source.Poll(this, NextBatch(), NextWait());
        }

        EnqueueReady();
        TellWhereToBegin();
        SettleWhatHasArrived();
        BeginRebuilds();
        UpdatePauses();
        NoteProgress();
        if (_time.GetElapsedTime(_lastStore) >= _options.CommitInterval)
        {
            StorePositions();
        }
        else if (_stopping && WaitsForCommits)
        {
            StoreMoved();
        }

        if (_stopping && _drainedAt is null && IsDrained)
        {
            _drainedAt = _time.GetTimestamp();
        }

        if (_time.GetElapsedTime(_lastLook) >= LookInterval)
        {
            _lastLook = _time.GetTimestamp();
            BeginWhatHasNotArrived();
            if (_options.StuckAfter is { } limit)
            {
                ReportStuck(limit);
            }
        }
    }

    /// <summary>Leaves something to do to the poll thread, at its next turn. Thread-safe.</summary>
    public void Post(Action<ConsumerLoop> command) => _commands.Enqueue(command);

    /// <summary>The state of every assignment. Thread-safe.</summary>
    public IReadOnlyList<AssignmentSnapshot> GetSnapshots()
    {
        var current = Volatile.Read(ref _current);
        var snapshots = new AssignmentSnapshot[current.Length];
        for (var i = 0; i < current.Length; i++)
        {
            snapshots[i] = current[i].GetSnapshot();
        }

        return snapshots;
    }

    /// <summary>Lets stopped partitions try again, from the event that failed.</summary>
    public void Retry()
    {
        foreach (var assignment in _current)
        {
            assignment.Retry();
        }
    }

    /// <summary>Pauses or resumes every partition, those assigned later included. What is in handlers ends; nothing else is started.</summary>
    public void SetPaused(bool paused)
    {
        _paused = paused;
        foreach (var assignment in _current)
        {
            SetPause(assignment, PauseReasons.User, paused);
            assignment.SetHeld(IsPausedByUser(assignment.Id));
        }
    }

    /// <summary>Pauses or resumes one partition, whether it is assigned now or later.</summary>
    public void SetPaused(PartitionId id, bool paused)
    {
        if (!(paused ? _pausedPartitions.Add(id) : _pausedPartitions.Remove(id)) || !_assignments.TryGetValue(id, out var assignment))
        {
            return;
        }

        SetPause(assignment, PauseReasons.UserPartition, paused);
        assignment.SetHeld(IsPausedByUser(id));
    }

    bool IRecordListener.OnRecord(in ConsumedRecord record)
    {
        HasWorked = true;
        _largestOfPoll = Math.Max(_largestOfPoll, record.Size);
        if (Find(record.Topic, record.Partition) is not { } assignment)
        {
            return true;
        }

        if (IsLeftOut(assignment, record.Offset))
        {
            return true;
        }

        if (End is not null)
        {
            NoteWhereTheLogWentBack(assignment, record.Offset);
            return true;
        }

        if (record.Offset != assignment.Expected && !MayFollow(assignment, record.Offset))
        {
            return true;
        }

        assignment.Expected = record.Offset + 1;
        Lane? ready;
        var result = assignment.RetryTopic is { } retry ? AppendRetry(assignment, retry, record, out ready) : assignment.Append(record, _limits, out ready);
        if (result == AppendResult.WentBack)
        {
            ReopenWhereTheLogWentBack(assignment, record.Offset);
            return true;
        }

        if (ready is not null)
        {
            _ready.Add(ready);
        }

        return result != AppendResult.Full || MakeWay(assignment);
    }

    void IRecordListener.OnEndOfPartition(PartitionId partition, long offset)
    {
        HasWorked = true;
        if (Find(partition.Topic, partition.Partition) is not { } assignment)
        {
            return;
        }

        if (IsLeftOut(assignment, offset))
        {
            return;
        }

        // Once the loop has ended from inside it takes no records in: the end does not lie behind those that it has received (I3).
        if (End is not null)
        {
            NoteWhereTheLogWentBack(assignment, offset);
            return;
        }

        // The position must not pass over expired events unnoticed, only because nothing was written after them.
        if (offset != assignment.Expected && !MayFollow(assignment, offset))
        {
            return;
        }

        assignment.Expected = offset;
        if (!assignment.ReachEnd(offset))
        {
            ReopenWhereTheLogWentBack(assignment, offset);
        }
    }

    private bool IsPausedByUser(PartitionId id) => _paused || _pausedPartitions.Contains(id);

    private PartitionAssignment? Find(string topic, int partition)
    {
        // Records come in runs of one partition.
        if (_last is { } last && last.Id.Partition == partition && string.Equals(last.Id.Topic, topic, StringComparison.Ordinal))
        {
            return last;
        }

        return _assignments.TryGetValue(new PartitionId(topic, partition), out var assignment) ? _last = assignment : null;
    }

    private TimeSpan NextWait()
    {
        foreach (var assignment in _current)
        {
            if ((assignment.Pauses & PauseReasons.Backpressure) != 0 && assignment.MayMakeRoom)
            {
                return FullWait;
            }
        }

        if (_stopping || _toRebuild.Count > 0)
        {
            return FullWait;
        }

        var untilStore = _options.CommitInterval - _time.GetElapsedTime(_lastStore);
        return untilStore <= TimeSpan.Zero ? TimeSpan.Zero : untilStore < IdleWait ? untilStore : IdleWait;
    }

    private void EnqueueReady()
    {
        if (_ready.Count > 0)
        {
            _queue.EnqueueAll(_ready);
            _ready.Clear();
        }
    }

    private void SetPause(PartitionAssignment assignment, PauseReasons reason, bool set)
    {
        var before = assignment.Pauses;
        var after = set ? before | reason : before & ~reason;
        if (after == before)
        {
            return;
        }

        assignment.Pauses = after;
        if (assignment.Arrival != Arrival.Settled)
        {
            return;
        }

        if (before == PauseReasons.None)
        {
            _source.Pause(assignment.Id);
        }
        else if (after == PauseReasons.None)
        {
            _source.Resume(assignment.Id);
        }
    }

    /// <summary>Hands the positions that moved to the client, which commits them in the background.</summary>
    public void StorePositions()
    {
        _lastStore = _time.GetTimestamp();
        if (_transactions is not null)
        {
            _transactions.CommitSoon();
            CommitStarts();
            return;
        }

        StoreMoved();
        CommitStarts();
    }

    private void StoreMoved()
    {
        foreach (var assignment in _current)
        {
            // What is stored while an older position is being committed would be overtaken by it.
            if (assignment.Proof is null && assignment.Position is { } position)
            {
                Store(assignment, position);
            }
        }
    }

    private void Store(PartitionAssignment assignment, Position position)
    {
        if (assignment.Stored == position)
        {
            return;
        }

        // What is known now of the parked log was known before this position is committed.
        NoteForTrimming(assignment, position);

        // A refusal means that the partition is no longer ours: its revocation or loss is on its way.
        if (_source.TryStore(assignment.Id, position))
        {
            assignment.Stored = position;
            NoteStored(assignment, position);
        }
    }
}

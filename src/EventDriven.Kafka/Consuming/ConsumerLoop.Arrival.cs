using EventDriven.Kafka.Offsets;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <content>What the client is told of a partition, once it has begun to read it: that it is paused, and where to read on. And what is done where it never begins.</content>
internal sealed partial class ConsumerLoop
{
    /// <summary>How long the client may take to begin a partition before it is to begin it anew; each time twice as long as the time before.</summary>
    private static readonly TimeSpan ArrivalPatience = TimeSpan.FromSeconds(10);

    /// <summary>The longest of these times: a partition may have no leader for long, and to begin it anew does not help then, nor harm. The only one where another client must do it.</summary>
    private static readonly TimeSpan LongestArrivalPatience = TimeSpan.FromMinutes(5);

    private readonly List<PartitionId> _arrived = [];
    private readonly List<PartitionAssignment> _toBeTold = [];

    /// <summary>Whether what comes of a partition is left out, to be read again later: it is not known yet where to begin, or the client is not there yet.</summary>
    private bool IsLeftOut(PartitionAssignment assignment, long offset)
    {
        if (assignment.Arrival == Arrival.None)
        {
            NoteArrival(assignment, offset);
        }

        if ((assignment.Pauses & PauseReasons.Resolving) == 0)
        {
            return false;
        }

        Skip(assignment, offset);
        return true;
    }

    private void SeekTo(PartitionAssignment assignment, long offset)
    {
        if (assignment.Arrival != Arrival.Settled)
        {
            SetPause(assignment, PauseReasons.Resolving, true);
            assignment.AwaitedSeek = offset;
            return;
        }

        if (_source.TrySeek(assignment.Id, offset))
        {
            SetPause(assignment, PauseReasons.Resolving, false);
        }
        else
        {
            // Until the seek is done, what comes is from before it.
            SetPause(assignment, PauseReasons.Resolving, true);
            Post(loop => loop.SeekAgain(assignment, offset));
        }
    }

    /// <summary>
    /// Notes that the client has begun to read a partition. Before that it may be asking where the log begins, and if it is paused, resumed or sought while that is on its way, it
    /// asks once more, half a second later, and goes there from wherever it was sought to (librdkafka, <c>rd_kafka_toppar_handle_Offset</c>). So it is left alone until something comes,
    /// which is dropped where the partition is to be paused, and read again later.
    /// </summary>
    private void NoteArrival(PartitionAssignment assignment, long offset)
    {
        if (assignment.WasToldWhereToBegin && offset >= assignment.Position?.Offset)
        {
            // It has understood. Should it go back once more, it is told once more.
            assignment.WasToldWhereToBegin = false;
        }

        if (assignment.Pauses == PauseReasons.None)
        {
            assignment.Arrival = Arrival.Settled;
            return;
        }

        assignment.Arrival = Arrival.Noted;
        _arrived.Add(assignment.Id);
        if ((assignment.Pauses & PauseReasons.Resolving) == 0)
        {
            assignment.Pauses |= PauseReasons.Resolving;
            assignment.AwaitedSeek = offset;
        }
    }

    /// <summary>Tells the client what was kept from it until it has begun to read, once it has handed over what it had taken: that it is paused, and where to read on.</summary>
    private void SettleWhatHasArrived()
    {
        foreach (var id in _arrived)
        {
            // What was revoked in the meantime, and perhaps has come again, has not arrived.
            if (!_assignments.TryGetValue(id, out var assignment) || assignment.Arrival != Arrival.Noted)
            {
                continue;
            }

            assignment.Arrival = Arrival.Settled;
            _source.Pause(id);
            if (assignment.AwaitedSeek is { } offset)
            {
                assignment.AwaitedSeek = null;
                SeekTo(assignment, offset);
            }
        }

        _arrived.Clear();
    }

    /// <summary>
    /// Has the client begin anew what it was given and does not read. Where it can't learn the committed position, since the coordinator has just moved, it gives the partition up without
    /// a word (<see href="https://github.com/confluentinc/librdkafka/issues/5586">librdkafka issue 5586</see>): nothing of it would be read before the next rebalance (I6).
    /// </summary>
    private void BeginWhatHasNotArrived()
    {
        if (_stopping)
        {
            return;
        }

        List<PartitionId>? waiting = null;
        foreach (var assignment in _current)
        {
            var patience = !_source.CanBeginAgain ? LongestArrivalPatience : assignment.ArrivalPatience > TimeSpan.Zero ? assignment.ArrivalPatience : ArrivalPatience;
            if (assignment.Arrival == Arrival.None && _time.GetElapsedTime(assignment.ArrivalAwaitedSince) >= patience)
            {
                assignment.ArrivalAwaitedSince = _time.GetTimestamp();
                assignment.ArrivalPatience = patience * 2 < LongestArrivalPatience ? patience * 2 : LongestArrivalPatience;
                (waiting ??= []).Add(assignment.Id);
            }
        }

        if (waiting is null)
        {
            return;
        }

        LogNotArrived(_settings.Name, Describe(waiting));
        if (_source.CanBeginAgain)
        {
            _source.BeginAgain(waiting);
        }
        else
        {
            End ??= new ConsumerEnd(ConsumerEndReason.FatalError, $"nothing has come of {Describe(waiting)} for {LongestArrivalPatience}") { KeepsPlace = true };
        }
    }

    /// <summary>
    /// Whether a client that reads a partition from below the committed position is not followed: the outputs of what lies between would be doubled. It is to be told that position, once.
    /// Where the log has not gone back it goes on there, and where it has, it begins below again, and is followed. A client that could not learn the position since a transaction was open,
    /// and was given or lost another partition meanwhile, takes the group for one that has committed nothing (librdkafka, <c>rd_kafka_assignment_apply_offsets</c>); one that asks a broker
    /// which has been frozen whether the log still holds its position takes the log for one that was cut off.
    /// </summary>
    private bool MayRefuseToFollow(PartitionAssignment assignment) => _transactions is not null && _source.CanBeginAgain && !assignment.WasToldWhereToBegin;

    private void RefuseToFollow(PartitionAssignment assignment, long offset)
    {
        LogReadsBelow(_settings.Name, assignment.Id.Topic, assignment.Id.Partition, offset, assignment.Position!.Value.Offset);
        assignment.WasToldWhereToBegin = true;
        assignment.Pauses |= PauseReasons.Resolving;
        _toBeTold.Add(assignment);
    }

    /// <summary>Begins a partition again, in the middle of an assignment, where it is committed: by transactions that are over, and one may be open.</summary>
    private void BeginAgainWhereCommitted(
        PartitionAssignment assignment, long skipped, Action<ConsumerLoop, List<PartitionAssignment>, IReadOnlyList<StartingPoint>> onLookedUp)
    {
        EndGone(assignment);
        var opened = OpenAgain(assignment);
        (opened.First, opened.Skipped) = (assignment.First, skipped);
        SetPause(opened, PauseReasons.Resolving, true);
        OnAssignmentsChanged();
        _ = LookUpBetweenAsync([opened], onLookedUp);
    }

    private void OnLookedUpWhereToGoOn(List<PartitionAssignment> assignments, IReadOnlyList<StartingPoint> points)
    {
        foreach (var point in points)
        {
            if (!_assignments.TryGetValue(point.Partition, out var assignment) || !assignments.Contains(assignment))
            {
                continue;
            }

            if (point.Committed is { } committed)
            {
                assignment.Stored = committed;
                assignment.StartAt(committed);
                assignment.Expected = committed.Offset;
                RefuseToFollow(assignment, assignment.Skipped);
            }
            else
            {
                // Nothing of it ever was in a transaction that succeeded: all that was received is handled again.
                LogWentBack(_settings.Name, point.Partition.Topic, point.Partition.Partition, assignment.Skipped, assignment.First);
                BeginAt(assignment, new Position(Math.Min(assignment.First, assignment.Skipped), -1));
            }
        }

        CommitStarts();
    }

    /// <summary>Tells clients where to begin that have begun elsewhere, once they have handed over what they had taken.</summary>
    private void TellWhereToBegin()
    {
        foreach (var assignment in _toBeTold)
        {
            if (!IsCurrent(assignment) || assignment.Position is not { } position)
            {
                continue;
            }

            // The client keeps a pause beyond the assignment, and could not be told before something has come again.
            _source.Resume(assignment.Id);
            assignment.Pauses &= ~PauseReasons.Resolving;
            (assignment.Arrival, assignment.ArrivalAwaitedSince) = (Arrival.None, _time.GetTimestamp());
            (assignment.AwaitedSeek, assignment.Skipped, assignment.First) = (null, -1, -1);
            if (!_source.TryBeginAt(assignment.Id, position))
            {
                // It may be anywhere now: what comes of it says nothing about what was left out (I1).
                End ??= new ConsumerEnd(ConsumerEndReason.FatalError, $"the client does not begin {assignment.Id} at the committed offset {position.Offset}");
            }
        }

        _toBeTold.Clear();
    }

    private void SeekAgain(PartitionAssignment assignment, long offset)
    {
        if (IsCurrent(assignment) && (assignment.Pauses & PauseReasons.Resolving) != 0)
        {
            SeekTo(assignment, offset);
        }
    }

    /// <summary>Leaves out what comes before it is known where to start.</summary>
    private static void Skip(PartitionAssignment assignment, long offset) =>
        assignment.Skipped = assignment.Skipped < 0 ? offset : Math.Min(assignment.Skipped, offset);

    [LoggerMessage(122, LogLevel.Warning, "Consumer '{Consumer}': nothing has come of {Partitions} since it was assigned, neither an event nor the end: it is begun anew. Where a broker is away, that is tried until it is back.")]
    private partial void LogNotArrived(string consumer, string partitions);

    [LoggerMessage(123, LogLevel.Warning, "Consumer '{Consumer}': the client reads {Topic}[{Partition}] from offset {Offset} on, below the committed {Committed}. Nothing of that is handled; it is told to begin at the committed offset.")]
    private partial void LogReadsBelow(string consumer, string topic, int partition, long offset, long committed);
}

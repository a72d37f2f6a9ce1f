using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Parking;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <content>Parked logs: who rebuilds its index when, how ownership is shown to them, and what happens when they are lost.</content>
internal sealed partial class ConsumerLoop
{
    private readonly ParkingSettings? _parking;

    /// <summary>Assignments whose index is still to be rebuilt, or is being: one after the other, so that the work in progress is bounded.</summary>
    private readonly List<PartitionAssignment> _toRebuild = [];

    /// <summary>The highest position that this client was given for each partition, in whichever assignment.</summary>
    private readonly Dictionary<PartitionId, long> _highestStored = [];

    /// <summary>Retry topics of an earlier policy are read to their end, and not parked beside.</summary>
    private PartitionParking? CreateParking(PartitionId id) => _parking is null || _retries?.Get(id.Topic) is not null
        ? null
        : new PartitionParking(id, _parking, _options, _time, _highestStored.GetValueOrDefault(id, -1))
        {
            OnTrouble = trouble => OnParkedLogTrouble(id, trouble),
            OnTrimRefused = refused => OnTrimRefused(id, refused),
            IsTransactional = _transactions is not null,
        };

    private void AwaitRebuild(PartitionAssignment assignment)
    {
        if (assignment.Parking is { } parking)
        {
            parking.OnSuperseded = () => Post(loop => loop.OnSuperseded(assignment));
            _toRebuild.Add(assignment);
        }
    }

    private void EndRebuild(PartitionAssignment assignment)
    {
        _toRebuild.Remove(assignment);
        assignment.Proof?.TrySetResult(false);
        assignment.Proof = null;
    }

    /// <summary>Begins the next rebuild once the one before is done. One whose log does not answer lets others go before it (I6).</summary>
    private void BeginRebuilds()
    {
        if (_toRebuild.Count == 0)
        {
            return;
        }

        _toRebuild.RemoveAll(static assignment => assignment.Parking!.IsRebuilt);
        if (_toRebuild.Exists(static assignment => assignment.Parking!.IsRebuilding))
        {
            return;
        }

        // Where it starts must be known, and acknowledged where that is not the committed position: the proof of ownership commits it.
        var next = _toRebuild.Find(static assignment =>
            !assignment.Parking!.IsBegun && assignment.UncommittedStart is null && (assignment.Pauses & PauseReasons.Resolving) == 0 && assignment.Position is not null);
        if (next is not null)
        {
            _ = next.Parking!.RunAsync(() => ProveOwnershipAsync(next));
        }
    }

    private Task<bool> ProveOwnershipAsync(PartitionAssignment assignment)
    {
        var proof = new TaskCompletionSource<bool>();
        Post(loop => loop.BeginProof(assignment, proof));
        return proof.Task;
    }

    private void BeginProof(PartitionAssignment assignment, TaskCompletionSource<bool> proof)
    {
        if (!IsCurrent(assignment) || assignment.IsGivenUp)
        {
            proof.TrySetResult(false);
            return;
        }

        assignment.Proof = proof;
        CommitStarts();
    }

    /// <summary>The position whose commit is to show that the partition is owned; null where none is to.</summary>
    private static Position? ToProve(PartitionAssignment assignment) => assignment.Proof is null ? null : assignment.Position;

    private static void Prove(PartitionAssignment assignment, bool accepted)
    {
        if (assignment.Proof is { } proof)
        {
            assignment.Proof = null;

            // Once it is being given up it may be another's before the claim is written.
            proof.TrySetResult(accepted && !assignment.IsGivenUp);
        }
    }

    private void NoteForTrimming(PartitionAssignment assignment, Position position)
    {
        if (assignment.Parking is { } parking)
        {
            parking.OnStored(position.Offset);
            _highestStored[assignment.Id] = Math.Max(_highestStored.GetValueOrDefault(assignment.Id, -1), position.Offset);
        }
    }

    /// <summary>
    /// Somebody else has claimed the log. What was written since is not valid, so nothing that was completed by it may count: the partition begins again where the broker has
    /// it. If it is not ours any more, the broker will not accept that.
    /// </summary>
    private void OnSuperseded(PartitionAssignment assignment)
    {
        if (!IsCurrent(assignment) || _stopping || End is not null)
        {
            return;
        }

        LogSuperseded(_settings.Name, assignment.Id.Topic, assignment.Id.Partition);
        if (_transactions is not null)
        {
            // What is being committed in this moment is not known here yet.
            BeginAgainWhereCommitted(assignment, assignment.Skipped, static (loop, asked, points) => loop.OnReplayLookedUp(asked, points));
            return;
        }

        Reopen(assignment, new Position(Committed.TryGetValue(assignment.Id, out var committed) ? committed : assignment.Parking!.Start, -1));
    }

    private void OnParkedLogTrouble(PartitionId id, ParkedLogException? trouble)
    {
        if (trouble is null)
        {
            LogParkedLogAgain(_settings.Name, id.Topic, id.Partition);
        }
        else
        {
            LogParkedLogTrouble(trouble, _settings.Name, id.Topic, id.Partition);
        }
    }

    private void OnTrimRefused(PartitionId id, ParkedLogException refused)
    {
        LogTrimRefused(refused, _settings.Name, id.Topic, id.Partition);
        if (!_options.AllowParkedLogToGrow)
        {
            Post(loop => loop.End ??= new ConsumerEnd(
                ConsumerEndReason.FatalError,
                $"The parked log of {id} can't be trimmed: {refused.Message.TrimEnd('.')}. Allow the consumer to delete records of its parked topics, or set {nameof(EventConsumerOptions.AllowParkedLogToGrow)}."));
        }
    }

    [LoggerMessage(150, LogLevel.Error, "Consumer '{Consumer}': another owner has claimed the parked log of {Topic}[{Partition}]. The partition begins again at its committed position, if it is still owned.")]
    private partial void LogSuperseded(string consumer, string topic, int partition);

    [LoggerMessage(151, LogLevel.Error, "Consumer '{Consumer}': the parked log of {Topic}[{Partition}] can't be used. It is tried again; meanwhile events wait that need it.")]
    private partial void LogParkedLogTrouble(Exception exception, string consumer, string topic, int partition);

    [LoggerMessage(152, LogLevel.Information, "Consumer '{Consumer}': the parked log of {Topic}[{Partition}] can be used again.")]
    private partial void LogParkedLogAgain(string consumer, string topic, int partition);

    [LoggerMessage(153, LogLevel.Error, "Consumer '{Consumer}': the parked log of {Topic}[{Partition}] can't be trimmed, so it only grows.")]
    private partial void LogTrimRefused(Exception exception, string consumer, string topic, int partition);
}

using EventDriven.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;

namespace EventDriven.Simulation.Members;

/// <content>What the client asks of the broker: commits in the background, look-ups, leaving.</content>
internal sealed partial class SimulatedSource
{
    private static readonly SourceError IllegalGeneration = new(SourceErrorKind.Passing, "IllegalGeneration", "The generation is over.");
    private static readonly SourceError NotAnswered = new(SourceErrorKind.Passing, "RequestTimedOut", "The broker did not answer.");

    private readonly Queue<(PartitionId Partition, Position Position, SourceError? Error)> _answers = new();

    private bool _closed;
    private int _session;

    private long _nextAutoCommit;

    /// <summary>Whether something was stored, or not committed, since the client's timer was last due.</summary>
    private bool _hasStored;

    /// <summary>When the client's timer is due next; once all is quiet, only where it has something to commit.</summary>
    public long NextAutoCommit => _hasStored || !world.IsQuiet ? _nextAutoCommit : long.MaxValue;

    public bool TryStore(PartitionId partition, Position position)
    {
        var found = Find(partition);
        if (world.Mutation == Mutation.CommitGoesOneTooFar)
        {
            position = new Position(position.Offset + 1, position.LeaderEpoch);
        }

        if (world.Mutation == Mutation.StartIsNotStored && found is { Stored: null } && position.Offset == found.Epoch.Start)
        {
            return true;
        }

        world.Oracle.OnStore(this, partition, found, position);
        if (found is null || (!world.IsQuiet && found.Stored is not null && !found.Epoch.IsDraining && world.Random.Chance(world.Schedule.CommitFaults / 4)))
        {
            return false;
        }

        if (world.Schedule.Transactions is not null)
        {
            // It is stored, and nothing commits it.
            return true;
        }

        _hasStored = true;
        world.Activity++;
        found.Store(world.Mutation == Mutation.DeliveredIsCommitted ? new Position(found.Delivered, -1) : position);
        return true;
    }

    /// <summary>The client's own timer.</summary>
    public void AutoCommit()
    {
        _nextAutoCommit = world.Time.Now + world.Schedule.AutoCommitInterval;
        if (world.Broker.IsRebalancing)
        {
            return;
        }

        _hasStored = false;
        foreach (var partition in _assigned)
        {
            if (partition.HasProgress)
            {
                _hasStored = true;
                TryCommit(partition);
            }
        }
    }

    public Task<IReadOnlyDictionary<string, int>> ListTopicsAsync() =>
        Task.FromResult<IReadOnlyDictionary<string, int>>(world.Schedule.Topics.ToDictionary(static topic => topic.Name, static topic => topic.Partitions));

    public Task<(long Oldest, long End)> LookUpBoundsAsync(PartitionId partition) =>
        Task.FromResult((world.Broker.LogOf(partition).Start, world.Broker.LogOf(partition).End));

    public Task<IReadOnlyList<StartingPoint>> LookUpAsync(IReadOnlyCollection<KeyValuePair<PartitionId, StartRule>> partitions, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<IReadOnlyList<StartingPoint>>();
        KeyValuePair<PartitionId, StartRule>[] asked = [.. partitions];
        var number = _assignments;
        var early = world.Random.Chance(50) && !IsUnstable(asked) ? LookUp(asked) : null;
        var fails = world.Random.Chance(world.Schedule.LookUpFaults);
        world.Later(this, world.Random.Between(0, 60), Answer);
        return completion.Task;

        void Answer()
        {
            if (early is null && IsUnstable(asked))
            {
                // Asked again and again, by a client that is still there.
                world.LaterIn(Member, 10, () =>
                {
                    if (!_closed)
                    {
                        Answer();
                    }
                });
            }
            else if (fails && !world.IsQuiet)
            {
                completion.SetException(new RecordSourceException(NotAnswered));
            }
            else
            {
                var points = early ?? LookUp(asked);
                foreach (var point in points)
                {
                    if (Find(point.Partition) is { } found && found.Number <= number)
                    {
                        found.LookUp(point.Committed is not null);
                    }
                }

                completion.SetResult(points);
            }
        }
    }

    private bool IsUnstable(KeyValuePair<PartitionId, StartRule>[] partitions) =>
        Array.Exists(partitions, partition => world.Broker.Transactions.IsUnstable(world.Broker.IndexOf(partition.Key)));

    public Task CommitAsync(IReadOnlyCollection<KeyValuePair<PartitionId, Position>> positions)
    {
        if (_closed)
        {
            return Task.FromCanceled(new CancellationToken(canceled: true));
        }

        var completion = new TaskCompletionSource();
        KeyValuePair<PartitionId, Position>[] asked = [.. positions];
        if (Array.Find(asked, position => Find(position.Key) is null) is { Key.Topic: not null } foreign)
        {
            world.Fail(new InvariantViolation("I3", $"{this} asks for a commit of {foreign.Key}@{foreign.Value.Offset}, which is not assigned to it"));
        }

        var logEpochs = Array.ConvertAll(asked, position => Find(position.Key)!.EpochOf(position.Value));
        var fails = world.Random.Chance(world.Schedule.CommitFaults);
        var session = _session;
        world.Later(this, world.Random.Between(0, 30), () =>
        {
            var error = (fails && !world.IsQuiet) || session != _session ? NotAnswered : null;
            if (error is null && world.Broker.IsRebalancing && world.Broker.IsMember(this))
            {
                // The client takes all that it has for lost, and joins again.
                world.Trace?.Add($"{this} is refused a commit in the middle of a rebalance");
                error = IllegalGeneration;
                world.Broker.Remove(this);
            }

            for (var i = 0; i < asked.Length && error is null; i++)
            {
                var (id, position) = asked[i];
                error = world.Broker.Accept(this, world.Broker.IndexOf(id), position, logEpochs[i], mayGoBack: true);
                if (error is null && Find(id) is { } found)
                {
                    found.Committed = position;
                }
            }

            if (error is null)
            {
                completion.SetResult();
            }
            else
            {
                completion.SetException(new RecordSourceException(error));
            }
        });
        return completion.Task;
    }

    public void Close()
    {
        _closed = true;
        world.RunAllOf(this);
        var listener = (IRecordListener)Member.Loop;
        var inOrder = Member.StopWasInTime && world.Broker.IsMember(this);
        listener.OnRevoked([.. _assigned.ConvertAll(partition => partition.Log.Id)]);
        var refused = world.Broker.IsRebalancing;
        foreach (var partition in _assigned)
        {
            if (refused && partition.HasProgress && !IsCommitted(partition))
            {
                if (inOrder)
                {
                    world.Fail(new InvariantViolation("I5", $"{this} leaves with {partition.Partition}@{partition.Stored!.Value.Offset} stored in the middle of a rebalance, and had time left to wait for its end"));
                }

                world.Trace?.Add($"{this} is refused {partition.Partition}@{partition.Stored!.Value.Offset}");
            }
            else if (partition.Stored is null || partition.Stored == partition.Committed || TryCommit(partition))
            {
                if (inOrder && MayHaveCommitted)
                {
                    world.Oracle.EndInOrder(partition.Epoch);
                }
            }

            world.Oracle.End(partition.Epoch);
        }

        _assigned.Clear();
        world.Broker.Remove(this);
        world.Trace?.Add($"{this} has left");
    }

    /// <summary>Whether the broker has what is stored, though it may have answered that to nobody but a look-up.</summary>
    private bool IsCommitted(ClientPartition partition) => world.Broker.Committed[partition.Partition]?.Offset == partition.Stored!.Value.Offset;

    /// <summary>The process is gone: what it held ends without a word.</summary>
    public void Die()
    {
        _closed = true;
        foreach (var partition in _assigned)
        {
            world.Oracle.End(partition.Epoch);
        }

        _assigned.Clear();
    }

    private bool TryCommit(ClientPartition partition)
    {
        var stored = partition.Stored!.Value;
        var fails = !world.IsQuiet && world.Random.Chance(world.Schedule.CommitFaults);
        SourceError? error = NotAnswered;

        // A commit that is not answered may have been carried out, or not.
        if (!fails || world.Random.Chance(50))
        {
            error = world.Broker.Accept(this, partition.Partition, stored, partition.StoredEpoch, partition.MayGoBack);
            error = fails ? NotAnswered : error;
        }

        if (error is null || world.Mutation == Mutation.RefusedCommitCounts)
        {
            partition.Committed = stored;
        }

        _answers.Enqueue((partition.Log.Id, stored, error));
        return error is null;
    }

    private void ReportCommits(IRecordListener listener)
    {
        while (_answers.TryDequeue(out var answer))
        {
            listener.OnCommitted(answer.Partition, answer.Position, answer.Error);
        }
    }

    private StartingPoint[] LookUp(KeyValuePair<PartitionId, StartRule>[] partitions)
    {
        var points = new StartingPoint[partitions.Length];
        for (var i = 0; i < points.Length; i++)
        {
            var (id, rule) = partitions[i];
            var log = world.Broker.LogOf(id);
            var committed = world.Mutation == Mutation.LookUpForgetsTheCommitted ? null : world.Broker.Committed[log.Index];
            long? from = null;
            if (committed is null && rule.Offset is { } offset)
            {
                from = Math.Clamp(offset, log.Start, log.End);
            }
            else if (committed is null && !rule.IsOldest)
            {
                var wanted = rule.Position == StartPosition.Timestamp ? (long)(rule.Timestamp!.Value - world.Time.Origin).TotalMilliseconds : long.MaxValue;
                from = log.Entries.Find(entry => !entry.IsRemoved && entry.AppendedAt >= wanted)?.Offset ?? log.End;
            }

            points[i] = new StartingPoint(id, committed is null ? null : new Position(committed.Offset, committed.LeaderEpoch), from);
            if (from is not null && Find(id) is { Epoch: { IsResolving: true, Start: < 0 } } resolving)
            {
                resolving.KnowLog();
            }
        }

        return points;
    }
}

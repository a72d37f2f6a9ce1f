using EventDriven.Kafka.Consuming;

namespace EventDriven.Simulation.Members;

/// <content>The client's part in its group: what it is given, gives up and loses.</content>
internal sealed partial class SimulatedSource
{
    /// <summary>How often the engine was told of partitions that are its own now.</summary>
    private int _assignments;

    private bool Rebalance(IRecordListener listener)
    {
        if (!world.Broker.IsMember(this))
        {
            Lose(listener);
            Generation++;
            world.Broker.Join(this);
            return true;
        }

        if (world.Broker.IsTakenBack(this))
        {
            Lose(listener);
            return true;
        }

        return GiveUp(listener) || Take(listener);
    }

    /// <summary>The session has expired: all is gone already.</summary>
    private void Lose(IRecordListener listener)
    {
        world.Trace?.Add($"{this} finds its session expired");
        _session++;

        // A transaction that holds something of what is lost is void, with all that it holds.
        Member.Transactions?.HasFailed = true;
        _told.Clear();
        foreach (var partition in _assigned)
        {
            partition.IsLost = true;
            _told.Add(partition.Log.Id);
        }

        if (_told.Count > 0)
        {
            listener.OnLost(_told);
        }

        foreach (var partition in _assigned)
        {
            world.Oracle.End(partition.Epoch);
        }

        _assigned.Clear();
    }

    private bool GiveUp(IRecordListener listener)
    {
        _told.Clear();
        foreach (var partition in _assigned)
        {
            if (world.Broker.MustGiveUp(this, partition.Partition))
            {
                _told.Add(partition.Log.Id);
                if (world.Mutation == Mutation.RevocationComesTooLate)
                {
                    world.Broker.GiveUp(this, partition.Partition);
                }
            }
        }

        if (_told.Count == 0)
        {
            return false;
        }

        Revoke(listener, [.. _told]);
        NoteLimits();
        return true;
    }

    /// <summary>How long a drain waits for handlers, in milliseconds: where there are transactions, a quarter is for the last of them.</summary>
    private double TimeForHandlers => world.Schedule.Options.DrainTimeout.TotalMilliseconds * (Member.Transactions is null ? 1 : 0.75);

    private void Revoke(IRecordListener listener, PartitionId[] revoked)
    {
        foreach (var id in revoked)
        {
            world.Oracle.BeginDrain(Find(id)!.Epoch, includeBuffered: false);
        }

        
        // Where events are parked a drain also waits for appends.
        var hasWork = world.Broker.Parked.Length > 0 || Member.Transactions is not null || Array.Exists(revoked, id => Find(id)!.Epoch.HasWork);
        world.Trace?.Add($"{this} is to give up {string.Join(", ", revoked)}");
        MisleadWhatAwaitsItsStart();
        var started = world.Time.Now;
        listener.OnRevoked(revoked);
        var elapsed = world.Time.Now - started;

        // What was sent to the coordinator before arrives there before the partitions are given up.
        world.RunAllOf(this);
        world.Oracle.OnRevocationReturned(this, elapsed, hasWork);
        foreach (var id in revoked)
        {
            var partition = Find(id)!;
            var accepted = !partition.HasProgress || TryCommit(partition);
            if (elapsed < TimeForHandlers && accepted && !Member.IsStopping && world.Broker.IsMember(this) && MayHaveCommitted)
            {
                world.Oracle.EndInOrder(partition.Epoch);
            }

            world.Oracle.End(partition.Epoch);
            _assigned.Remove(partition);
            Generation++;
            world.Broker.GiveUp(this, partition.Partition);
            if (world.Mutation == Mutation.RevokedIsCommitted && partition.Stored is { } stored)
            {
                world.Later(this, 30, () => world.Broker.Accept(this, partition.Partition, stored, partition.StoredEpoch, mayGoBack: false));
            }
        }
    }

    private bool Take(IRecordListener listener)
    {
        _told.Clear();
        for (var partition = 0; partition < world.Broker.Logs.Length; partition++)
        {
            if (world.Broker.MustGiveUpUnknown(this, partition))
            {
                Generation++;
                world.Broker.GiveUp(this, partition);
            }
            else if (world.Broker.MayTake(this, partition))
            {
                world.Broker.Take(this, partition);
                _told.Add(world.Broker.Logs[partition].Id);
            }
        }

        if (_told.Count == 0)
        {
            if (_assigned.Count > 0 && !world.IsQuiet && world.Random.Chance(2))
            {
                listener.OnAssigned([]);
                return true;
            }

            return false;
        }

        world.Trace?.Add($"{this} is given {string.Join(", ", _told)}");
        MisleadWhatAwaitsItsStart();
        PartitionId[] taken = [.. _told];
        _assignments++;
        listener.OnAssigned(taken);
        foreach (var id in taken)
        {
            var log = world.Broker.LogOf(id);
            var resolving = world.Schedule.IsStartLookedUp(log.Index) || Member.Transactions is not null;
            var partition = new ClientPartition(log, world.Oracle.BeginAssignment(this, log, resolving), _assignments);
            partition.AwaitsStart = true;
            if (world.Strands)
            {
                partition.Strand(world.Broker.Committed[partition.Partition]);
            }

            partition.Epoch.Tenure?.HasLog = true;
            _assigned.Add(partition);
            BeginWhereStable(partition);
        }

        NoteLimits();
        return true;
    }

    /// <summary>
    /// A client that waits until no transaction is open on a position, and is given or loses another partition meanwhile, takes the group for one that has committed nothing, as
    /// librdkafka does (<c>rd_kafka_assignment_apply_offsets</c>).
    /// </summary>
    private void MisleadWhatAwaitsItsStart()
    {
        foreach (var partition in _assigned)
        {
            if (partition is { AwaitsStart: true, IsStranded: false } && world.Broker.Transactions.IsUnstable(partition.Partition) && world.Misleads)
            {
                world.Trace?.Add($"{this} is misled to begin {partition.Log.Id} at its beginning");
                partition.AwaitsStart = false;
                partition.Mislead();
            }
        }
    }

    /// <summary>The client learns where to start as soon as no transaction is open that may change it.</summary>
    private void BeginWhereStable(ClientPartition partition)
    {
        if (!partition.AwaitsStart || (partition.IsStranded && !partition.IsToBeginAnew) || world.Broker.Transactions.IsUnstable(partition.Partition))
        {
            return;
        }

        partition.AwaitsStart = false;
        partition.StartAt(world.Broker.Committed[partition.Partition], world.Random);
        if (!partition.Epoch.IsResolving)
        {
            partition.Epoch.Start = partition.Fetched;
        }

        if (partition.Committed is null)
        {
            AskForBeginning(partition);
        }
    }

    /// <summary>
    /// The client asks where the log begins. An answer that was made outdated by a pause, a resume or a seek is asked for again half a second later, and followed though the client was
    /// sought elsewhere in between, as librdkafka does.
    /// </summary>
    private void AskForBeginning(ClientPartition partition)
    {
        partition.IsAsking = true;
        var version = partition.Version;
        world.LaterIn(Member, world.Trouble.Between(0, 40), () => IfAssigned(partition, () =>
        {
            if (partition.Version == version)
            {
                partition.GoToBeginning();
                if (partition.Epoch is { IsResolving: false, Deliveries.Count: 0 } epoch)
                {
                    epoch.Start = partition.Fetched;
                }

                return;
            }

            partition.IsAsking = partition.AsksAgain = true;
            world.LaterIn(Member, 500, () => IfAssigned(partition, () =>
            {
                if (partition.AsksAgain)
                {
                    partition.AsksAgain = false;
                    AskForBeginning(partition);
                }
            }));
        }));
    }

    private void IfAssigned(ClientPartition partition, Action action)
    {
        if (!_closed && _assigned.Contains(partition))
        {
            action();
        }
    }

    /// <summary>A share that has grown for a while may have been used.</summary>
    private void NoteLimits()
    {
        foreach (var partition in _assigned)
        {
            world.Oracle.OnShareChanged(partition.Epoch, _assigned.Count);
        }
    }
}

using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Transactions;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Judging;

namespace EventDriven.Simulation.Members;

/// <summary>A client instance as librdkafka behaves, seen through the engine's seam: prefetch, pauses that drop it, stored and committed positions, rebalances.</summary>
internal sealed partial class SimulatedSource(World world, SimulatedMember member, int number) : IRecordSource, ITransactionalGroup
{
    private readonly List<ClientPartition> _assigned = [];
    private readonly List<PartitionId> _told = [];
    private readonly List<(ClientPartition Partition, LogEntry? Entry, long End)> _taken = [];
    private bool _isFatal;
    private bool _isSubscribed;

    public SimulatedMember Member { get; } = member;

    /// <summary>Grows with whatever the group changes about this member.</summary>
    public int Generation { get; private set; }

    /// <summary>Whether no transaction of its process has failed, or was waited for in vain, so that what is finished is committed.</summary>
    private bool MayHaveCommitted => Member.Transactions is null or { HasFailed: false, Thread.WasTooSlow: false };

    public IConsumerGroupMetadata? GetGroupMetadata() => _closed ? null : new SimulatedGroupMetadata(this, Generation);

    public bool RefusesCommitsInRebalance => world.IsClassic && world.Mutation != Mutation.LeavesBeforeItsLastCommits;

    public bool IsJoining => _assigned.Count == 0 && world.Broker.IsRebalancing && world.Broker.IsMember(this);

    public void Subscribe(IReadOnlyCollection<string> topics)
    {
        if (_isSubscribed)
        {
            throw new InvalidOperationException("No topic comes or goes in a schedule.");
        }

        _isSubscribed = true;
        world.Broker.Join(this);
    }

    public void Poll(IRecordListener listener, int maxRecords, TimeSpan timeout)
    {
        ReportCommits(listener);
        NoteStarts();
        if (_isFatal)
        {
            listener.OnError(new SourceError(SourceErrorKind.Fatal, "Fenced", "Another instance has taken the place of this one."));
            world.Advance(world.Random.Between(1, 20));
            return;
        }

        if (!world.IsQuiet && world.Trouble.Chance(2))
        {
            listener.OnError(new SourceError(world.Trouble.Pick([SourceErrorKind.Passing, SourceErrorKind.GroupRefused]), "AllBrokersDown", "No broker can be reached."));
        }

        if (_isSubscribed && Rebalance(listener))
        {
            return;
        }

        var delivered = 0;
        var max = world.Random.Between(1, 12);
        if (world.TakesMany)
        {
            max = Math.Min(max, maxRecords);
        }

        for (var turn = 0; turn < _assigned.Count && delivered < max; turn++)
        {
            var partition = _assigned[(turn + world.Steps) % _assigned.Count];
            partition.IsSeekable |= world.IsQuiet || world.Random.Chance(60);
            BeginWhereStable(partition);
            if (!partition.IsPaused && !partition.AwaitsStart && !partition.IsAsking && (world.IsQuiet || world.Random.Chance(80)))
            {
                Fetch(partition);
            }

            while (delivered < max && partition.HasFetched && (!partition.IsPaused || world.Mutation == Mutation.EndIsReportedAboveDroppedRecords))
            {
                delivered++;
                var stood = partition.Delivered;
                var (entry, end) = partition.Next();
                NoteArrival(partition, stood, entry?.Offset ?? end);
                if (world.TakesMany)
                {
                    _taken.Add((partition, entry, end));
                }
                else if (!Deliver(listener, partition, entry, end))
                {
                    return;
                }
            }
        }

        HandOverTaken(listener);
        if (delivered == 0)
        {
            world.Advance(world.Random.Between(0, (int)timeout.TotalMilliseconds));
        }
    }

    public void Idle(TimeSpan time) => world.Advance(world.Random.Between(0, (int)time.TotalMilliseconds));

    public void Pause(PartitionId partition)
    {
        world.Trace?.Add($"{this} pauses {partition}");
        Find(partition)?.Pause(world.Mutation);
    }

    public void Resume(PartitionId partition)
    {
        world.Trace?.Add($"{this} resumes {partition}");
        if (Find(partition) is { } found)
        {
            BeginWhereStable(found);
            found.Resume();
            world.Oracle.OnResume(found);
        }
    }

    public bool CanBeginAgain => true;

    public void BeginAgain(IReadOnlyCollection<PartitionId> partitions)
    {
        foreach (var id in partitions)
        {
            world.Trace?.Add($"{this} is to begin {id} anew");
            if (Find(id) is { IsStranded: true } found && world.Mutation != Mutation.StrandedIsLeft)
            {
                found.IsToBeginAnew = true;
                BeginWhereStable(found);
            }
        }
    }

    public bool TryBeginAt(PartitionId partition, Position position)
    {
        world.Trace?.Add($"{this} is to begin {partition} at {position.Offset}");
        if (Find(partition) is { } found && world.Mutation != Mutation.MisledIsFollowed)
        {
            found.TellWhereToBegin();
            found.Epoch = world.Oracle.BeginAnew(found.Epoch);
            found.StartAt(world.Broker.Committed[found.Partition], world.Random);
        }

        return true;
    }

    public bool TrySeek(PartitionId partition, long offset)
    {
        if (Find(partition) is not { IsSeekable: true, AwaitsStart: false } found)
        {
            return false;
        }

        world.Trace?.Add($"{this} seeks {partition} to {offset}");
        if (world.Mutation != Mutation.SeekIsIgnored)
        {
            found.Seek(offset);
        }

        if (found.PutBack is { } first)
        {
            // Only what was dropped is read again: nothing has begun there.
            found.ForgetItsBeginning();
            found.IsToComeAgain = true;
            world.Oracle.OnPutBack(found.Epoch, first, offset);
            return true;
        }

        found.MayGoBack = true;
        found.Epoch = world.Oracle.OnSeek(found.Epoch, offset);
        return true;
    }

    public long? GetLogStart(PartitionId partition) => Find(partition)?.KnownStart;

    public long? GetLogEnd(PartitionId partition) => Find(partition)?.KnownEnd;

    public void Dispose()
    {
    }

    public override string ToString() => $"{Member.Name}.{number}";

    /// <summary>The user wants another offset: what the engine does with what it has is over.</summary>
    public void OnUserSeek(int partition, long offset)
    {
        if (Find(world.Broker.Logs[partition].Id) is { } found)
        {
            found.MayGoBack = true;
            found.ForgetItsBeginning();
            Member.Transactions?.HasFailed = true;
            found.Epoch = world.Oracle.OnUserSeek(found.Epoch, offset);
        }
    }

    /// <summary>The engine begins a partition again whose transaction is void.</summary>
    public void OnReplay(PartitionId id)
    {
        if (Find(id) is { } found)
        {
            world.Trace?.Add($"{this} is to handle {id} again");
            found.MayGoBack = true;
            found.ForgetItsBeginning();
            Member.Transactions?.HasFailed = true;

            // Where a user has sought before anything came it still is to begin.
            found.Epoch = found.Epoch is { IsResolving: true, Start: >= 0 and var start } ? world.Oracle.BeginSeeking(found.Epoch, start) : world.Oracle.BeginReopened(found.Epoch);
        }
    }

    /// <summary>Whether the engine has not begun to read a partition yet.</summary>
    public bool IsResolving(PartitionId id) => Find(id) is { Epoch.IsResolving: true };

    /// <summary>The engine opens the parked log of a partition: for an assignment that has just begun, or for one that it begins anew.</summary>
    public void OnParkedLogOpened(PartitionId id)
    {
        if (Find(id) is not { } found)
        {
            return;
        }

        if (found.Epoch.Tenure is { HasLog: true })
        {
            world.Trace?.Add($"{this} begins {id} again");
            found.MayGoBack = true;
            found.ForgetItsBeginning();
            found.Epoch = world.Oracle.BeginReopened(found.Epoch);
        }

        found.Epoch.Tenure?.HasLog = true;
    }

    /// <summary>The epoch of a partition; null where it is not assigned.</summary>
    public Epoch? EpochOf(PartitionId id) => Find(id)?.Epoch;

    public void FailFatally()
    {
        world.Trace?.Add($"{this} is fenced for good");
        _isFatal = true;
        world.Broker.Remove(this);
    }

    /// <summary>What each of the client's partitions has, for marking where a drain begins.</summary>
    public IReadOnlyList<ClientPartition> Assigned => _assigned;

    /// <summary>
    /// The first that comes of a partition: the engine goes on where the client stands unless it still looks up where to begin, and drops what it does not want yet, to seek it later.
    /// </summary>
    private void NoteArrival(ClientPartition partition, long stood, long offset)
    {
        if (partition.HasArrived)
        {
            return;
        }

        partition.HasArrived = true;
        var epoch = partition.Epoch;
        if (GoesOnWhereItStands(partition) && epoch is { IsResolving: true, Start: < 0 })
        {
            epoch.Start = stood;
            epoch.IsResolving = false;
        }

        if (!epoch.IsResolving && (IsNotFollowed(partition, offset) || Member.PausesOf(partition.Log.Id) != PauseReasons.None))
        {
            partition.PutBack = offset;
        }
    }

    /// <summary>Whether the engine takes nothing of what a client delivers that reads below the committed position, and tells it where to begin.</summary>
    private bool IsNotFollowed(ClientPartition partition, long offset) =>
        Member.Transactions is not null && !partition.WasToldWhereToBegin && offset < world.Broker.Committed[partition.Partition]?.Offset;

    private bool GoesOnWhereItStands(ClientPartition partition) => partition.HasCommittedStart || !world.Schedule.IsStartLookedUp(partition.Log.Index);

    /// <summary>Where a look-up was answered, and nothing has come yet, the engine goes on where the client stands.</summary>
    private void NoteStarts()
    {
        foreach (var partition in _assigned)
        {
            if (partition is { HasArrived: false, Epoch: { IsResolving: true, Start: < 0 } epoch } && GoesOnWhereItStands(partition) && (Member.PausesOf(partition.Log.Id) & PauseReasons.Resolving) == 0)
            {
                epoch.Start = partition.Delivered;
                epoch.IsResolving = false;
            }
        }
    }

    private void Fetch(ClientPartition partition)
    {
        if (partition.Epoch.Deliveries.Count > 0 && world.GoesBack)
        {
            world.Trace?.Add($"{this} goes back to the beginning of {partition.Log.Id}, which has not gone back");
            partition.GoTo(partition.Log.Start);

            // The engine begins the partition again, and the transaction is void that holds something of it.
            Member.Transactions?.HasFailed = true;
        }

        var expected = partition.Fetched;
        partition.Fetch(world.Random);
        if (partition.Delivered < expected && !partition.HasFetched)
        {
            world.Trace?.Add($"{this} finds that {partition.Partition} went back, and goes on at {partition.Delivered}");
        }
    }

    /// <summary>The client's position is behind all of these already: no pause drops them, and no resume brings them again.</summary>
    private void HandOverTaken(IRecordListener listener)
    {
        foreach (var (partition, entry, end) in _taken)
        {
            Deliver(listener, partition, entry, end);
        }

        _taken.Clear();
    }

    /// <returns>Whether the engine has room for more.</returns>
    private bool Deliver(IRecordListener listener, ClientPartition partition, LogEntry? entry, long end)
    {
        if (partition.IsToComeAgain)
        {
            partition.IsToComeAgain = false;
            if (IsNotFollowed(partition, entry?.Offset ?? end))
            {
                partition.PutBack = entry?.Offset ?? end;
            }
        }

        if (entry is null)
        {
            world.Trace?.Add($"{this} reports the end of {partition.Log.Id} at {end}");
            if (partition.PutBack is null && partition.Epoch.WentBack(end))
            {
                partition.Epoch = world.Oracle.BeginSeeking(partition.Epoch, Math.Min(end, partition.Epoch.Position));
            }

            if (partition.PutBack is null)
            {
                world.Oracle.OnEnd(partition.Epoch, end);
            }

            listener.OnEndOfPartition(partition.Log.Id, end);
            return true;
        }

        if (world.Mutation == Mutation.RecordIsLost && world.Random.Chance(3))
        {
            return true;
        }

        if (partition.PutBack is null && partition.Epoch.WentBack(entry.Offset))
        {
            partition.MayGoBack = true;
            partition.Epoch = world.Oracle.BeginSeeking(partition.Epoch, Math.Min(entry.Offset, partition.Epoch.Position));
        }

        world.Activity++;
        world.Trace?.Add($"{this} delivers {partition.Log.Id}@{entry.Offset} (key {entry.Key})");
        var delivery = world.Oracle.Deliver(partition.Epoch, entry, _assigned.Count, isDropped: partition.PutBack is not null);
        foreach (var header in entry.HandedOver?.Headers ?? [])
        {
            delivery.Add(header);
        }

        return listener.OnRecord(new ConsumedRecord
        {
            Topic = partition.Log.Id.Topic,
            Partition = partition.Log.Id.Partition,
            Offset = entry.Offset,
            LeaderEpoch = entry.LeaderEpoch,
            TimestampMs = entry.AppendedAt,
            Key = world.Mutation == Mutation.TwoLanesForOneKey && entry.Key >= 0 && entry.Offset % 2 == 1 ? [.. World.KeyOf(entry.Key)!, byte.MaxValue] : World.KeyOf(entry.Key),
            Value = entry.Value,
            Headers = delivery,
        });
    }

    public ClientPartition? Find(PartitionId id)
    {
        foreach (var partition in _assigned)
        {
            if (partition.Log.Id.Partition == id.Partition && partition.Log.Id.Topic == id.Topic)
            {
                return partition;
            }
        }

        return null;
    }
}

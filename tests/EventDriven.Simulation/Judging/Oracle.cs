using System.Runtime.CompilerServices;
using EventDriven.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation.Judging;

/// <summary>Knows the truth, and checks the engine's invariants against it at each event. It shares no code with the engine.</summary>
internal sealed partial class Oracle(World world)
{
    private long _finishes;

    private EventConsumerOptions Options => world.Schedule.Options;

    public Epoch BeginAssignment(SimulatedSource source, SimulatedLog log, bool resolving) =>
        Open(new Epoch(source, log, world.Schedule.Keys) { IsResolving = resolving, Tenure = NewTenure(source, log) });

    /// <summary>A new epoch of the same client: it sought another offset, or the log went back.</summary>
    public Epoch Begin(Epoch before, long offset) => Begin(before, offset, before.Tenure);

    private Epoch Begin(Epoch before, long offset, Tenure? tenure)
    {
        End(before);
        var epoch = Open(new Epoch(before.Source, before.Log, world.Schedule.Keys) { Tenure = tenure });
        epoch.GoTo(offset);
        return epoch;
    }

    /// <summary>An epoch that begins with a seek which the client has not done yet.</summary>
    public Epoch BeginSeeking(Epoch before, long offset)
    {
        var epoch = Begin(before, offset, NewTenure(before.Source, before.Log));
        epoch.IsResolving = true;
        return epoch;
    }

    /// <summary>The engine has begun again by itself, since somebody else had claimed its parked log.</summary>
    public Epoch BeginReopened(Epoch before)
    {
        End(before);
        return BeginAssignment(before.Source, before.Log, resolving: true);
    }

    /// <summary>The client is to begin anew at the committed position: nothing that came before counts.</summary>
    public Epoch BeginAnew(Epoch before)
    {
        End(before);
        return Open(new Epoch(before.Source, before.Log, world.Schedule.Keys) { IsResolving = true, Tenure = before.Tenure });
    }

    /// <summary>The client has sought an offset, and goes on from there.</summary>
    public Epoch OnSeek(Epoch before, long offset)
    {
        Check(
            !before.IsResolving || before.Start < 0 || IsAsGood(before, offset),
            "I1",
            $"{before.Source} begins {before.Log.Id} at {offset} instead of {before.Start}");
        return Begin(before, offset);
    }

    /// <summary>What came too early, and was dropped, is to come again: from where it begins, or from below, where there is nothing, or where the user has sought.</summary>
    public void OnPutBack(Epoch epoch, long first, long offset) =>
        Check(offset == first || epoch.Log.WasSought || (offset < first && epoch.Log.Find(offset)?.Offset >= first), "I1", $"{epoch.Source} reads {epoch.Log.Id} from {offset} again instead of {first}");

    /// <summary>The client goes on by itself: where to start was looked up, and is where it stands.</summary>
    public void OnResume(ClientPartition partition)
    {
        if (partition.Epoch is { IsResolving: true, Start: < 0 } epoch)
        {
            epoch.IsResolving = false;
            epoch.Start = partition.Delivered;
        }
    }

    public Epoch OnUserSeek(Epoch before, long offset)
    {
        foreach (var entry in before.Log.Entries)
        {
            if (entry.Offset < offset && (world.Schedule.Transactions is null ? entry.Finished : entry.Outputs) == 0)
            {
                entry.IsSkipped = true;
            }
        }

        before.Log.Sought = offset;
        before.Log.WasSought = true;
        before.Log.OrderIsMoot |= before.Position < 0 || offset > before.Position;
        return BeginSeeking(before, offset);
    }

    /// <summary>A seek that is told to be done is committed.</summary>
    public async Task WatchSeekAsync(SimulatedSource source, PartitionId id, long offset, Task done)
    {
        await done.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Check(
            !done.IsCompletedSuccessfully || world.Broker.Owners[world.Broker.IndexOf(id)] != source || world.Broker.Committed[world.Broker.IndexOf(id)]?.Offset == offset,
            "I3",
            $"{source} tells of a seek to {id}@{offset}, but {world.Broker.Committed[world.Broker.IndexOf(id)]?.Offset} is committed");
    }

    public void End(Epoch epoch) => epoch.HasEnded = true;

    public void BeginDrain(Epoch epoch, bool includeBuffered)
    {
        if (!epoch.IsDraining)
        {
            epoch.IsDraining = true;
            epoch.DrainBeganAt = world.Time.Now;
            epoch.DrainLimit = includeBuffered ? epoch.Deliveries.Count - 1 : epoch.HighestStarted;
        }
    }

    /// <summary>By how much records that are taken at one time may be heavier than was foreseen: those of retry topics carry what tells of their failure.</summary>
    private long BytesBeyond => !world.TakesMany ? 0 : world.Schedule.Failing is null ? 12 * 64 : 12 * 512;

    /// <summary>I7: the engine must have paused what it has no room for; nothing comes while the user or a stop wants none.</summary>
    public Delivery Deliver(Epoch epoch, LogEntry entry, int assigned, bool isDropped)
    {
        var member = epoch.Source.Member;
        if (isDropped || epoch.IsResolving || epoch.HasEnded || member.Loop.End is not null)
        {
            return new Delivery(epoch, entry, -1, null) { At = world.Time.Now };
        }

        Check(!member.IsPaused(epoch.Log.Index), "I7", $"{epoch.Source} takes in {epoch.Log.Id}@{entry.Offset} while the user has paused it");
        Check(!member.HasBegunToStop, "I7", $"{epoch.Source} takes in {epoch.Log.Id}@{entry.Offset} while it stops");

        // A share that shrinks shows with the next record.
        var limits = ShareOf(assigned);
        Check(
            epoch.Deliveries.Count == 0
                || (epoch.Held < Math.Max(limits.Records, epoch.LastLimits.Records) && epoch.HeldBytes < Math.Max(limits.Bytes, epoch.LastLimits.Bytes) + BytesBeyond),
            "I7",
            $"{epoch.Source} takes in {epoch.Log.Id}@{entry.Offset} on top of {epoch.Held} records of {epoch.HeldBytes} bytes");
        epoch.LastLimits = limits;
        var delivery = epoch.Add(entry, LaneOf(entry), world.Time.Now);
        if (IsParking)
        {
            (entry.Deliveries ??= []).Add(delivery);
            if (entry.IsParked)
            {
                epoch.Release(delivery);
            }
        }

        return delivery;
    }

    public void OnShareChanged(Epoch epoch, int assigned)
    {
        var (records, bytes) = ShareOf(assigned);
        epoch.LastLimits = (Math.Max(records, epoch.LastLimits.Records), Math.Max(bytes, epoch.LastLimits.Bytes));
    }

    public void OnEnd(Epoch epoch, long offset)
    {
        if (!epoch.IsResolving && !epoch.HasEnded && epoch.Source.Member.Loop.End is null)
        {
            epoch.ReachEnd(offset);
        }
    }

    public void OnStart(SimulatedMember member, Delivery delivery, in ConsumedRecord record, EventBatch? batch = null)
    {
        delivery.Batch = batch;
        var epoch = delivery.Epoch;
        var entry = delivery.Entry;
        var name = new RecordName(epoch.Log.Id, entry.Offset);
        Check(
            record.Offset == entry.Offset && ReferenceEquals(record.Value, entry.Value) && (ReferenceEquals(record.Key, World.KeyOf(entry.Key)) || world.Mutation == Mutation.TwoLanesForOneKey),
            "I1",
            $"{name} comes with the content of another record");
        Check(!epoch.HasEnded && delivery.Index >= 0, "I3", $"{name} is started after its assignment has ended or before its start was known");
        Check(delivery.State is not DeliveryState.Running and not DeliveryState.Finished, "I5", $"{name} is started again in one assignment");
        Check(!epoch.IsStopped, "I2", $"{name} is started while its partition has stopped");
        Check(!epoch.Source.Member.IsPaused(epoch.Log.Index), "I7", $"{name} is started while the user has paused it");
        Check(delivery.Index <= epoch.DrainLimit || IsParking, "I5", $"{name} is started during a drain, above what was started before");
        Check(delivery.Index - epoch.LowestOpen < Options.MaxReplay, "I5", $"{name} is started {delivery.Index - epoch.LowestOpen} records above the lowest unfinished one");
        Check(delivery.Before is not { State: not DeliveryState.Finished, IsParked: false } || (delivery.IsBehindInBatch && delivery.Before.State == DeliveryState.Running), "I2", $"{name} is started before {delivery.Before?.Entry.Offset} of the same lane has its outcome");
        if (LaneOf(entry) is var lane and >= 0 && !delivery.IsBehindInBatch)
        {
            Check(++member.RunningIn(epoch.Log.Index, lane) == 1, "I2", $"{name} is started while another record of the same lane is in its handler");
        }

        if (entry.HandedOver is not null)
        {
            CheckRetry(entry, record, name);
        }

        if (epoch.Tenure is not null)
        {
            CheckUnparked(epoch, entry, name);
        }

        delivery.State = DeliveryState.Running;
        epoch.HighestStarted = Math.Max(epoch.HighestStarted, delivery.Index);
        epoch.Log.FirstRead = Math.Min(epoch.Log.FirstRead, epoch.Start);
        epoch.Log.Sought = entry.Offset < epoch.Log.Sought ? epoch.Log.Sought : 0;
    }

    public void OnEnd(SimulatedMember member, Delivery delivery, Outcome outcome, bool hasItsTurnAgain = false)
    {
        var epoch = delivery.Epoch;
        if (LaneOf(delivery.Entry) is var lane and >= 0 && !delivery.IsBehindInBatch)
        {
            member.RunningIn(epoch.Log.Index, lane)--;
        }

        var isOwner = world.Broker.Owners[epoch.Log.Index]?.Member == member;
        if (outcome is Outcome.Handled or Outcome.Filtered or Outcome.Parked or Outcome.DeadLettered or Outcome.Skipped)
        {
            Check(
                epoch.HasEnded || delivery.Before is not { State: not DeliveryState.Finished, IsParked: false },
                "I2",
                $"{epoch.Log.Id}@{delivery.Entry.Offset} is handled although {delivery.Before?.Entry.Offset} of the same lane is not");
            delivery.State = DeliveryState.Finished;
            delivery.Entry.Event.IsSettled |= outcome is not Outcome.Parked;
            if (IsParking)
            {
                if (outcome is not Outcome.Parked)
                {
                    EndEvent(delivery);
                }
            }
            else
            {
                // What a process does that the group has given up already can't be put in an order with what the next one does.
                delivery.Entry.LastFinish = isOwner && epoch.Handovers == epoch.Log.Handovers ? ++_finishes : delivery.Entry.LastFinish;
            }

            if (!epoch.HasEnded)
            {
                delivery.Entry.Finished += isOwner ? 1 : 0;
                epoch.Finish(delivery);
            }
        }
        else
        {
            delivery.State = hasItsTurnAgain || (outcome == Outcome.Unfinished && !epoch.IsDraining) ? DeliveryState.Waiting : DeliveryState.GivenUp;
            epoch.IsStopped |= outcome == Outcome.Stopped;
        }
    }

    private Epoch Open(Epoch epoch)
    {
        if (epoch.Source.Member.HasBegunToStop)
        {
            BeginDrain(epoch, includeBuffered: false);
        }

        return epoch;
    }

    /// <summary>
    /// Whether to begin at an offset is to begin where the epoch does: nothing is to be read between the two but what is parked, whether the engine knows that yet or not, or what the
    /// log has been given since it went back below.
    /// </summary>
    private static bool IsAsGood(Epoch epoch, long offset)
    {
        if (offset >= epoch.Start)
        {
            return offset == epoch.Start;
        }

        if (epoch.Log.HasGoneBackBelow(epoch.Start, epoch.LeaderEpoch))
        {
            return true;
        }

        for (var between = epoch.Log.Find(offset); between is not null && between.Offset < epoch.Start; between = epoch.Log.Find(between.Offset + 1))
        {
            if (!between.IsParked)
            {
                return false;
            }
        }

        return true;
    }

    private (int Records, long Bytes) ShareOf(int assigned) =>
        (Math.Max(1, Options.MaxBufferedRecords / assigned), Math.Max(1, Options.MaxBufferedBytes / assigned));

    /// <summary>What must be handled one after the other, as a number; -1 where there is no order.</summary>
    private int LaneOf(LogEntry entry) => Options.Ordering switch
    {
        OrderingMode.Partition => 0,
        OrderingMode.Key when entry.Key >= 0 => entry.Key,
        _ => -1,
    };

    private void Check(bool holds, string invariant, [InterpolatedStringHandlerArgument(nameof(holds))] ViolationMessage message)
    {
        if (!holds)
        {
            world.Fail(new InvariantViolation(invariant, message.Take()));
        }
    }
}

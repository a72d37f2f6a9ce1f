using EventDriven.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation.Judging;

/// <content>Whether positions tell the truth (I3), ends in order leave no duplicates (I5), and nothing is missing at the end (I1, I2).</content>
internal sealed partial class Oracle
{
    public void OnStore(SimulatedSource source, PartitionId id, ClientPartition? partition, Position position)
    {
        Check(partition is not null, "I3", $"{source} stores {id}@{position.Offset}, which is not assigned to it");
        Check(!partition!.IsLost, "I3", $"{source} stores {id}@{position.Offset}, which it has lost");
        var epoch = partition.Epoch;
        Check(position.Offset >= epoch.LastStored, "I3", $"{source} stores {id}@{position.Offset} after {epoch.LastStored}");
        if (epoch.IsResolving)
        {
            Check(epoch.Start < 0 || IsAsGood(epoch, position.Offset), "I3", $"{source} stores {id}@{position.Offset} before it begins at {epoch.Start}");
        }
        else
        {
            var before = epoch.RecordBefore(position.Offset);

            // Before anything was taken in, what is stored is what was committed, or lies below where the log went back, and passes over nothing. A zombie takes what it parks behind
            // another's claim for parked; what it stores is never committed.
            Check(
                position.Offset <= epoch.HighestTrue
                    || (epoch.Position < 0 && position.Offset <= world.Broker.Committed[epoch.Log.Index]?.Offset)
                    || (IsParking && world.Broker.Owners[epoch.Log.Index] != source),
                "I3",
                $"{source} stores {id}@{position.Offset}, above the lowest unfinished {epoch.HighestTrue}");
            Check(
                position.LeaderEpoch < 0 || position.Offset == epoch.Start || position.LeaderEpoch == epoch.LeaderEpochBelow(position.Offset),
                "I3",
                $"{source} stores {id}@{position.Offset} with leader epoch {position.LeaderEpoch}");
            Check(
                position.LeaderEpoch >= 0 || before is null,
                "I3",
                $"{source} stores {id}@{position.Offset} without the leader epoch of the record before");
            Check(
                partition.Delivered < position.Offset || partition.LogEpoch < epoch.Log.LeaderEpoch || before is { IsTruncated: true } || epoch.Log.Diverges(position.Offset, partition.EpochOf(position)) == position.Offset,
                "I5",
                $"{source} stores {id}@{position.Offset} with leader epoch {position.LeaderEpoch}, which the log contradicts: all would be read again");
        }

        epoch.LastStored = position.Offset;
    }

    public void OnCommit(SimulatedSource source, SimulatedLog log, Position position, int logEpoch, bool mayGoBack)
    {
        var partition = log.Index;
        Check(world.Broker.Owners[partition] == source, "I3", $"{source} commits {log.Id}@{position.Offset}, which it does not own");
        var before = world.Broker.Committed[partition];
        NoteBeginning(source, log, position);
        Check(
            before is null || mayGoBack || position.Offset >= log.Diverges(before.Offset, before.LogEpoch),
            "I3",
            $"{source} commits {log.Id}@{position.Offset} after {before?.Offset}");
        var open = log.LowestOpen();
        Check(
            open is null || open.Offset >= log.Diverges(position.Offset, logEpoch),
            "I3",
            $"{source} commits {log.Id}@{position.Offset}, above {open?.Offset}, which nobody has handled");
    }

    /// <summary>Where a group begins that is to begin elsewhere than at the oldest event, what lies below was not meant to be read.</summary>
    private void NoteBeginning(SimulatedSource source, SimulatedLog log, Position position)
    {
        if ((world.Broker.Committed[log.Index] is null || source.IsResolving(log.Id)) && world.Schedule.IsStartLookedUp(log.Index))
        {
            var beginning = Math.Min(position.Offset, log.FirstRead);
            log.Beginning = Math.Max(log.Beginning, beginning);
            foreach (var entry in log.Entries)
            {
                entry.IsSkipped |= entry.Offset < beginning;
            }
        }
    }

    public void OnRevocationReturned(SimulatedSource source, long elapsed, bool hadWork)
    {
        var own = elapsed - source.Member.Drain.Elsewhere;
        source.Member.Drain.Elsewhere = 0;
        Check(own <= Options.DrainTimeout.TotalMilliseconds, "I6", $"{source} held a revocation for {own} ms");
        Check(hadWork || own < Options.DrainTimeout.TotalMilliseconds, "I6", $"{source} held a revocation for {own} ms, with nothing to wait for");
    }

    /// <summary>The partition was given up in time and its last position committed: what is finished must not run again (I5).</summary>
    public void EndInOrder(Epoch epoch)
    {
        // A log that went back, or a user's seek, begins a new epoch in which what was running is handled again.
        if (epoch.Log.OrderIsMoot)
        {
            return;
        }

        long finished = -1;
        foreach (var delivery in epoch.Deliveries)
        {
            switch (delivery.State)
            {
                case DeliveryState.Running or DeliveryState.GivenUp:
                case DeliveryState.Waiting when IsOrWasPausedInDrain(epoch):
                // What was not due when the drain began is left to the next owner, and what is finished above it runs again.
                case DeliveryState.Waiting when delivery.Entry.HandedOver is { } retried && retried.DueAt > epoch.DrainBeganAt:
                // So is what waits behind parked events whose transaction is not over, also where it is parked when that ends: the last position was taken by then.
                case DeliveryState.Waiting when IsParking && (!delivery.IsParked || world.Schedule.Transactions is not null):
                    return;

                case DeliveryState.Finished:
                    finished = delivery.Entry.Offset;
                    break;
            }
        }

        var committed = world.Broker.Transactions.DecidedOn(epoch.Log.Index) ?? world.Broker.Committed[epoch.Log.Index]?.Offset ?? -1;
        Check(
            finished < 0 || finished < committed || epoch.Log.Diverges(finished + 1, epoch.Deliveries.Count == 0 ? 0 : epoch.Deliveries[^1].Entry.LeaderEpoch) <= finished,
            "I5",
            $"{epoch.Source} gave up {epoch.Log.Id} in order at {committed}, but {finished} is finished");
        Check(
            epoch.Position < 0 || epoch.IsResolving || committed >= 0,
            "I5",
            $"{epoch.Source} gave up {epoch.Log.Id} in order without a committed position");
    }

    /// <summary>What a drain finds paused it leaves to the next owner, also where the user lets it go on before the drain has ended.</summary>
    private static bool IsOrWasPausedInDrain(Epoch epoch)
    {
        var member = epoch.Source.Member;
        return member.IsPaused(epoch.Log.Index) || (epoch.IsDraining && member.ResumedAt >= epoch.DrainBeganAt);
    }

    /// <summary>Whether everything is handled and committed to the end of each log (I6 says that it must come to this).</summary>
    public string? WhatIsMissing()
    {
        foreach (var log in world.Broker.Logs)
        {
            var committed = world.Broker.Committed[log.Index];
            // Where the log went back and grew again to the same offset, the client does not commit that offset once more: its next owner reads again what is new below.
            var position = committed is null ? -1 : log.OrderIsMoot ? committed.Offset : log.Diverges(committed.Offset, committed.LogEpoch);
            if (log.LowestOpen() is { } open)
            {
                return $"{log.Id}@{open.Offset} is not handled; committed is {position}";
            }

            if (position < log.End)
            {
                return $"{log.Id} ends at {log.End}, committed is {position}";
            }
        }

        return WhatIsParked();
    }

    /// <summary>I2 across assignments: what was last done for a key is its last event, however often others ran again.</summary>
    public void CheckOrderAtTheEnd()
    {
        var last = new LogEntry?[world.Schedule.Keys + 1];
        foreach (var log in world.Broker.Logs)
        {
            if (log.OrderIsMoot)
            {
                continue;
            }

            Array.Clear(last);
            foreach (var entry in log.Entries)
            {
                if (LaneOf(entry) is not (var lane and >= 0) || entry.IsRemoved || entry.IsRedriven || entry.LastFinish == 0)
                {
                    continue;
                }

                Check(
                    last[lane] is not { } before || before.LastFinish < entry.LastFinish,
                    "I2",
                    $"{log.Id}@{last[lane]?.Offset} ran again after {entry.Offset} of the same lane, which did not");
                last[lane] = entry;
            }
        }
    }
}

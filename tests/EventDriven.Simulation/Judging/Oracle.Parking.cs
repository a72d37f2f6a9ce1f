using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Parking;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation.Judging;

/// <content>Parked events: order within an assignment and across them, steps, due times, bounds.</content>
internal sealed partial class Oracle
{
    private bool IsParking => world.Schedule.Failing is { Mode: FailureMode.Parking };

    /// <summary>A valid entry carries an event: its offset may pass from now on.</summary>
    public void OnParked(LogEntry entry)
    {
        entry.IsParked = true;
        foreach (var delivery in entry.Deliveries ?? [])
        {
            if (!delivery.Epoch.HasEnded)
            {
                delivery.Epoch.Release(delivery);
            }
        }
    }

    /// <summary>An entry has landed, valid or not.</summary>
    public void OnLanded(ParkedRecord record)
    {
        if (record.Entry.Kind == ParkedEntryKind.Step && record.Writer is { } writer && FindParked(writer.Log, record.Entry) is { } about)
        {
            var (failed, steps) = writer.Steps.GetValueOrDefault(about);
            writer.Steps[about] = (failed, steps + 1);
        }
    }

    /// <summary>A process writes to its parked log: it keeps to its bound, and to what it has seen fail.</summary>
    public void OnParkedAppend(SimulatedMember member, SimulatedParkedLog log, ParkedEntry[] entries, Tenure? writer)
    {
        Check(writer is not null, "I3", $"{member.Name} writes to parked {log.Source.Index}, which it never had");
        if (writer is null || log.Truth.Owner != writer)
        {
            return;
        }

        var count = 0;
        foreach (var one in log.Truth.Unfinished)
        {
            // What a person has put back is not bounded, but what lies below may be what it waits for, or did in this assignment.
            // In transactions, a process may know of a commit before it is written to the log, and what lies below what is parked is let through.
            count += one.IsRedrive || (world.Schedule.Transactions is not null && (writer.Ended.Contains(one.Event) || writer.LetThrough.Contains(one.Event.Offset))) ? 0 : 1;
            writer.NoteParked(one.Event.Offset);
        }

        foreach (var entry in entries)
        {
            // What is in handlers when the bound is reached is parked beyond it.
            if (entry.Kind == ParkedEntryKind.Parked && !log.Truth.Unfinished.Exists(one => !one.IsRedrive && one.Event.Offset == entry.OriginalOffset))
            {
                if (++count > MaxParked && entry.OriginalOffset <= writer.HighestParked && world.Schedule.Transactions is not null)
                {
                    writer.LetThrough.Add(entry.OriginalOffset);
                    count--;
                }

                Check(
                    count <= MaxParked + world.Schedule.Workers || entry.OriginalOffset <= writer.HighestParked,
                    "I7",
                    $"{writer.Source} parks orders[{log.Source.Index}]@{entry.OriginalOffset} on top of {count - 1}");
                writer.NoteParked(entry.OriginalOffset);
            }
        }
    }

    /// <summary>A parked event is started.</summary>
    public Delivery OnStartParked(SimulatedMember member, PartitionAssignment assignment, in ConsumedRecord record)
    {
        var origin = record.Origin!;
        var name = new RecordName(origin.Partition, origin.Offset, ", parked,");
        var log = world.Broker.Parked[origin.Partition.Partition];
        var entry = log.Source.Recall(origin.Offset, origin.TimestampMs, record.Value);
        Check(entry is not null && ReferenceEquals(record.Key, World.KeyOf(entry.Key)), "I1", $"{name} comes with the content of another event");
        var epoch = member.Source.EpochOf(assignment.Id);

        // What is committed may be known, and the index complete, before the client has begun to read: it waits longer for positions that are in a transaction.
        Check(
            epoch is { HasEnded: false } && (!epoch.IsResolving || world.Schedule.Transactions is not null),
            "I3",
            $"{name} is started by {member.Name} outside any assignment");
        var tenure = epoch!.Tenure!;
        Check(!epoch.IsStopped, "I2", $"{name} is started while its partition has stopped");
        Check(!member.IsPaused(epoch.Log.Index), "I7", $"{name} is started while the user has paused it");
        Check(tenure.HasClaimed, "I2", $"{name} is started before its assignment has a claim");
        var truth = log.Truth;
        ParkedEvent? parked = null;
        foreach (var one in truth.Unfinished)
        {
            parked = one.Event == entry && (parked is null || (origin.Redriven > 0) == one.IsRedrive) ? one : parked;
        }

        var isInForce = truth.Owner == tenure;
        if (isInForce)
        {
            Check(parked is not null || tenure.Ended.Contains(entry!), "I2", $"{name} is started although it is unfinished in no entry");
        }

        if (isInForce && parked is not null)
        {
            Check(world.HasClockJumped || world.Time.Now >= parked.DueAt, "I6", $"{name} is started at {world.Time.Now} ms, but due at {parked.DueAt} ms");
            Check(origin.Step == parked.Step && origin.Attempts == parked.Attempts, "I5", $"{name} is started in step {origin.Step} after {origin.Attempts} attempts; the log says {parked.Step} and {parked.Attempts}");
        }

        var delivery = new Delivery(epoch, entry!, -2, null) { At = world.Time.Now, Step = origin.Step, IsFromParkedLog = true };
        var isRedrive = parked is { IsRedrive: true };
        if (!isRedrive)
        {
            Check(entry!.IsRedriven || !tenure.Ended.Contains(entry), "I5", $"{name} is started again in one assignment");
            var (failed, steps) = tenure.Steps.GetValueOrDefault(entry!);
            Check(failed <= steps, "I5", $"{name} has failed {failed} time(s) in one assignment, and is started again when {steps} step(s) of it have landed");
        }

        CheckOrder(epoch, entry!, name, isRedrive);
        BeginRun(member, delivery);
        return delivery;
    }

    public void OnEndParked(SimulatedMember member, Delivery delivery, Outcome outcome)
    {
        var epoch = delivery.Epoch;
        EndRun(member, delivery);
        if (outcome is Outcome.Handled or Outcome.Filtered or Outcome.DeadLettered or Outcome.Skipped)
        {
            EndEvent(delivery);
            return;
        }

        if (outcome == Outcome.Stopped)
        {
            epoch.IsStopped = true;
        }
    }

    /// <summary>An attempt has failed, and its next step is to be taken.</summary>
    public void OnFailed(Delivery delivery)
    {
        if (delivery.IsFromParkedLog)
        {
            var (failed, steps) = delivery.Epoch.Tenure!.Steps.GetValueOrDefault(delivery.Entry);
            delivery.Epoch.Tenure!.Steps[delivery.Entry] = (failed + 1, steps);
        }
    }

    /// <summary>What the index says of a record of the source that is started.</summary>
    private void CheckUnparked(Epoch epoch, LogEntry entry, RecordName name)
    {
        var tenure = epoch.Tenure!;
        Check(tenure.HasClaimed, "I2", $"{name} is started before its assignment has a claim");
        var truth = world.Broker.Parked[epoch.Log.Index].Truth;
        Check(truth.Owner != tenure || tenure.Ended.Contains(entry) || truth.UnfinishedOf(entry) is null, "I5", $"{name} is started although it is parked");
        CheckOrder(epoch, entry, name, isRedrive: false);
    }

    /// <summary>I2 in one assignment: the events of a key start in the order of their first offsets, each after those before it have come to their end.</summary>
    private void CheckOrder(Epoch epoch, LogEntry entry, RecordName name, bool isRedrive)
    {
        if (entry.Key < 0 || isRedrive || epoch.Log.OrderIsMoot)
        {
            return;
        }

        var tenure = epoch.Tenure!;
        var highest = tenure.HighestStartedOf(entry.Key);
        Check(entry.Offset >= highest, "I2", $"{name} is started after {highest} of the same key in one assignment");
        tenure.NoteStartedOf(entry.Key, entry.Offset);
        var truth = world.Broker.Parked[epoch.Log.Index].Truth;
        if (truth.Owner != tenure)
        {
            return;
        }

        foreach (var one in truth.Unfinished)
        {
            Check(
                one.IsRedrive || one.Event.Key != entry.Key || one.Event.Offset >= entry.Offset || tenure.Ended.Contains(one.Event),
                "I2",
                $"{name} is started before {one.Event.Offset} of the same key, which is parked");
        }
    }

    private void BeginRun(SimulatedMember member, Delivery delivery)
    {
        delivery.State = DeliveryState.Running;
        if (LaneOf(delivery.Entry) is var lane and >= 0)
        {
            Check(++member.RunningIn(delivery.Epoch.Log.Index, lane) == 1, "I2", $"{delivery.Epoch.Log.Id}@{delivery.Entry.Offset} is started while another record of the same lane is in its handler");
        }
    }

    private void EndRun(SimulatedMember member, Delivery delivery)
    {
        delivery.State = DeliveryState.Waiting;
        if (LaneOf(delivery.Entry) is var lane and >= 0)
        {
            member.RunningIn(delivery.Epoch.Log.Index, lane)--;
        }
    }

    /// <summary>An event has come to its end. What ends after another claim was in the log can't be put in an order with what its owner does.</summary>
    private void EndEvent(Delivery delivery)
    {
        delivery.Entry.IsSettled = true;
        delivery.Epoch.Tenure!.Ended.Add(delivery.Entry);
        delivery.Epoch.Tenure.Steps.Remove(delivery.Entry);
        if (world.Broker.Parked[delivery.Epoch.Log.Index].Truth.Owner == delivery.Epoch.Tenure)
        {
            delivery.Entry.LastFinish = ++_finishes;
        }
    }

    /// <summary>Whether the parked log has an event, or its new step; what another claim has made void is told in good faith.</summary>
    private bool IsParkedInTime(Delivery delivery)
    {
        if (delivery.Epoch.Tenure is not { } tenure || world.Broker.Parked[tenure.Log.Index].Truth.Owner != tenure)
        {
            return IsParking;
        }

        var (failed, steps) = tenure.Steps.GetValueOrDefault(delivery.Entry);
        return delivery.IsFromParkedLog ? failed <= steps : delivery.Entry.IsParked;
    }

    private string? WhatIsParked()
    {
        foreach (var log in world.Broker.Parked)
        {
            foreach (var one in log.Truth.Unfinished)
            {
                return $"orders[{log.Source.Index}]@{one.Event.Offset} is still parked, step {one.Step}, due at {one.DueAt} ms{(one.IsRedrive ? ", a redrive" : "")}";
            }
        }

        return null;
    }

    private LogEntry? FindParked(SimulatedLog source, ParkedEntry marker) => world.Broker.Parked[source.Index].Truth.EventOf(marker.About);

    private Tenure? NewTenure(SimulatedSource source, SimulatedLog log) => IsParking && log.Index < world.Broker.Parked.Length ? new Tenure(source, log) : null;

    private int MaxParked => world.Schedule.Failing!.MaxParked;
}

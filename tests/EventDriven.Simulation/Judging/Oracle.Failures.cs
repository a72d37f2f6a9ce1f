using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation.Judging;

/// <content>Failed events: what is written of them says the truth, is acknowledged before their offset may pass (I4), and follows their policy.</content>
internal sealed partial class Oracle
{
    private FailurePolicy Policy => world.Schedule.Failing!.Policy;

    /// <summary>Looks at a record that is on its way to a retry or dead-letter topic.</summary>
    public HandedOver OnHandOver(SimulatedMember member, string topic, int written, byte[]? key, byte[]? value, Headers headers)
    {
        const string Prefix = "group--orders--";
        var partition = NumberOf(headers, "original-partition");
        var offset = NumberOf(headers, "original-offset");
        var name = $"{member.Name}'s record to {topic} of orders[{partition}]@{offset}";
        Check(topic.StartsWith(Prefix, StringComparison.Ordinal) && TextOf(headers, "original-topic") == "orders" && TextOf(headers, "group") == "group", "I1", $"{name} names another group or topic");

        var entry = world.Broker.Logs[(int)partition].Recall(offset, NumberOf(headers, "original-timestamp"), value);
        Check(entry is not null && ReferenceEquals(World.KeyOf(entry.Key), key), "I1", $"{name} carries the key, value or time of another event");

        var attempts = (int)NumberOf(headers, "attempts");
        if (topic == Prefix + "dlq")
        {
            return new HandedOver(topic, (int)partition, entry!, headers, -1, attempts, 0);
        }

        var step = (int)NumberOf(headers, "step");
        var due = NumberOf(headers, "due-at") - Origin;
        Check(step >= 0 && step < Policy.Delays.Count && topic == $"{Prefix}retry-{Policy.Delays[step]}", "I1", $"{name} is no step of the policy");
        Check(world.HasClockJumped || due >= world.Time.Now - 60_000, "I6", $"{name} is due at {due} ms");
        return new HandedOver(topic, written, entry!, headers, step, attempts, due);
    }

    /// <summary>What the policy makes of an event that has failed.</summary>
    public Outcome ExpectedOutcome(Delivery delivery, FailureClass failure)
    {
        if (failure == FailureClass.Transient && delivery.Step < Policy.Delays.Count - 1)
        {
            return Outcome.Parked;
        }

        return Policy.End switch
        {
            FailureStep.DeadLetter => Outcome.DeadLettered,
            FailureStep.Skip => Outcome.Skipped,
            _ => Outcome.Stopped,
        };
    }

    /// <summary>A record of a retry topic is started: not before its time, and as what it is.</summary>
    private void CheckRetry(LogEntry entry, in ConsumedRecord record, RecordName name)
    {
        var handedOver = entry.HandedOver!;
        var source = entry.Event;
        Check(world.HasClockJumped || world.Time.Now >= handedOver.DueAt, "I6", $"{name} is started at {world.Time.Now} ms, but due at {handedOver.DueAt} ms");
        Check(
            record.Origin is { } origin && origin.Partition.Topic == "orders" && origin.Offset == source.Offset && origin.TimestampMs == source.AppendedAt
                && origin.Step == handedOver.Step && origin.Attempts == handedOver.Attempts,
            "I1",
            $"{name} is started as {record.Origin}");
    }

    public void OnHandedOver(HandingOver handOver, Outcome outcome)
    {
        var delivery = handOver.Delivery;
        var name = new RecordName(delivery.Epoch.Log.Id, delivery.Entry.Offset);
        if (outcome == Outcome.Unfinished)
        {
            Check(handOver.Tokens.Draining.IsCancellationRequested, "I6", $"{name} is no longer held, and was not handed over");
            return;
        }

        delivery.Entry.IsDropped |= outcome == Outcome.Skipped;
        Check(outcome == ExpectedOutcome(delivery, handOver.Failure.Class), "I1", $"{name} comes out as {outcome} instead of {ExpectedOutcome(delivery, handOver.Failure.Class)}");
        Check(
            outcome is not (Outcome.Parked or Outcome.DeadLettered) || (outcome == Outcome.DeadLettered && world.Schedule.Transactions is not null) || delivery.Entry.Event.Acknowledged > handOver.Acknowledged || (outcome == Outcome.Parked && IsParkedInTime(delivery)),
            "I4",
            $"{name} passes as {outcome} before a broker has acknowledged that");
    }

    /// <summary>I1: each event was handled, dropped on purpose, or is among the dead letters, whichever topics it has waited in.</summary>
    public void CheckThatNothingIsLost()
    {
        foreach (var log in world.Broker.Logs)
        {
            foreach (var entry in log.Entries)
            {
                Check(entry.IsRemoved || entry.IsSkipped || entry.Event.IsSettled || log.OrderIsMoot, "I1", $"{log.Id}@{entry.Offset} has not come to an end");
            }
        }
    }

    private long Origin => world.Time.Origin.ToUnixTimeMilliseconds();

    private static string TextOf(Headers headers, string name)
    {
        string? text = null;
        foreach (var header in headers)
        {
            if (header.Key == "eventdriven-" + name)
            {
                text = text is null ? Encoding.UTF8.GetString(header.GetValueBytes()) : throw new InvariantViolation("I1", $"a record has two headers eventdriven-{name}");
            }
        }

        return text ?? throw new InvariantViolation("I1", $"a record has no header eventdriven-{name}");
    }

    private static long NumberOf(Headers headers, string name) => long.Parse(TextOf(headers, name), CultureInfo.InvariantCulture);
}

using EventDriven.Kafka.Offsets;
using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation.Judging;

/// <content>Transactions: what is visible holds each event once, and exactly what lies below the positions that are committed with it; what was parked comes later.</content>
internal sealed partial class Oracle
{
    /// <summary>A broker takes positions into a transaction.</summary>
    public void OnSent(SimulatedSource source, int partition, Position position)
    {
        var log = world.Broker.Logs[partition];
        Check(world.Broker.Owners[partition] == source, "I3", $"{source} sends {log.Id}@{position.Offset}, which it does not own");
        var open = log.LowestOpen();
        Check(
            open is null || open.Offset >= position.Offset || (world.Broker.Committed[partition] is null && world.Schedule.IsStartLookedUp(partition)),
            "I3",
            $"{source} sends {log.Id}@{position.Offset}, above {open?.Offset}, which nobody has handled");
    }

    /// <summary>A transaction becomes visible.</summary>
    public void OnCommitted(SimulatedTransaction transaction)
    {
        foreach (var (attempt, _) in transaction.Records)
        {
            Check(
                transaction.Offsets.ContainsKey(attempt.Log.Index),
                "X",
                $"{transaction.Id} commits output of {attempt.Log.Id}@{attempt.Entry.Offset} without a position of its partition");
        }

        foreach (var (partition, sent) in transaction.Offsets)
        {
            NoteBeginning(sent.Source, world.Broker.Logs[partition], sent.Position);
            CheckOutput(transaction, world.Broker.Logs[partition], sent);
        }
    }

    /// <summary>The output of one partition in a transaction: of each event from the position before up to the new one, in their order, whole, and of one attempt.</summary>
    private void CheckOutput(SimulatedTransaction transaction, SimulatedLog log, SimulatedTransaction.Sent sent)
    {
        var next = sent.Before ?? -1;
        OutputAttempt? last = null;
        var isFirst = true;
        var number = 0;
        foreach (var (attempt, of) in transaction.Records)
        {
            if (attempt.Log != log)
            {
                continue;
            }

            var name = new RecordName(log.Id, attempt.Entry.Offset);
            if (!ReferenceEquals(attempt, last))
            {
                Check(last is null || number == last.Count, "X", $"{transaction.Id} commits a part of the output of {last?.Entry.Offset}");
                Check(
                    (attempt.Entry.Offset >= next || attempt.IsOfParked) && (attempt.Entry.Offset < sent.Position.Offset || (attempt.IsOfParked && attempt.Entry.IsRemoved)),
                    "X",
                    $"{transaction.Id} commits output of {name} with positions from {next} to {sent.Position.Offset}");
                Check(++attempt.Entry.Outputs == 1 || log.WasSought || attempt.Entry.IsRedriven, "X", $"{name} is in the output {attempt.Entry.Outputs} times");
                if (!attempt.IsOfParked)
                {
                    CheckNothingBetween(transaction, log, isFirst && sent.Before is null ? attempt.Entry.Offset : next, attempt.Entry.Offset);
                    next = attempt.Entry.Offset + 1;
                    isFirst = false;
                }

                number = 0;
                last = attempt;
            }

            Check(of == number++, "X", $"{transaction.Id} commits the records of {name} in another order");
        }

        Check(last is null || number == last.Count, "X", $"{transaction.Id} commits a part of the output of {last?.Entry.Offset}");
        if (!isFirst || sent.Before is not null)
        {
            CheckNothingBetween(transaction, log, next, sent.Position.Offset);
        }
    }

    private void CheckNothingBetween(SimulatedTransaction transaction, SimulatedLog log, long from, long to)
    {
        for (var entry = log.Find(from); entry is not null && entry.Offset < to; entry = log.Find(entry.Offset + 1))
        {
            // A seek back and forward again passes over what was in the output before.
            Check(entry.IsSkipped || entry.IsParked || entry.IsDropped || (log.WasSought && entry.Outputs > 0), "X", $"{transaction.Id} commits {log.Id} up to {to} without the output of {entry.Offset}");
        }
    }

    /// <summary>Each event is in the output.</summary>
    public void CheckOutputAtTheEnd()
    {
        foreach (var log in world.Broker.Logs)
        {
            foreach (var entry in log.Entries)
            {
                Check(entry.Outputs > 0 || entry.IsRemoved || entry.IsSkipped || entry.IsDropped, "X", $"{log.Id}@{entry.Offset} is not in the output");
            }
        }
    }
}

using System.Runtime.CompilerServices;
using EventDriven.Kafka.Parking;
using EventDriven.Simulation.Broker;

namespace EventDriven.Simulation.Judging;

/// <summary>
/// What a parked log says, kept as its entries land: which claims count, which entries are valid, and which events are unfinished. Written from the rules of the
/// protocol; it shares no code with the engine's reader.
/// </summary>
internal sealed class ParkedTruth(World world, SimulatedLog source)
{
    private readonly Dictionary<(long, int), ParkedEvent> _events = [];
    private readonly HashSet<int> _numbers = [];

    /// <summary>The offset of the last claim that counts; -1 for none.</summary>
    public long Claim { get; private set; } = -1;

    /// <summary>The assignment that wrote it: what ends in another ends too late to be put in an order.</summary>
    public Tenure? Owner { get; private set; }

    /// <summary>The entries whose end is not in the log, in no order.</summary>
    public List<ParkedEvent> Unfinished { get; } = [];

    /// <param name="record">What lands.</param>
    /// <param name="isFirst">Whether it is the first record of a log that was trimmed.</param>
    /// <param name="isAgain">Whether it is only read again.</param>
    public void Land(ParkedRecord record, bool isFirst, bool isAgain = false)
    {
        var entry = record.Entry;
        if (entry.Kind == ParkedEntryKind.Claim)
        {
            if (isFirst || entry.PreviousClaim == (Claim < 0 ? null : Claim))
            {
                Claim = record.Offset;
                Owner = record.Writer;
                _numbers.Clear();
                record.Writer?.HasClaimed = true;
            }

            return;
        }

        if (entry.Kind != ParkedEntryKind.Redrive && (entry.Id.Claim != Claim || !_numbers.Add(entry.Id.Number)))
        {
            return;
        }

        record.IsValid |= !isAgain;
        if (record.State == ParkedRecordState.Visible)
        {
            Take(record, isAgain);
        }
    }

    /// <summary>The transaction of an entry is committed, which landed before.</summary>
    public void Commit(ParkedRecord record)
    {
        if (record.IsValid)
        {
            Take(record, isAgain: false);
        }
    }

    private void Take(ParkedRecord record, bool isAgain)
    {
        var entry = record.Entry;
        switch (entry.Kind)
        {
            case ParkedEntryKind.Parked or ParkedEntryKind.Redrive:
                Add(record, isAgain);
                break;

            case ParkedEntryKind.Step when Find(entry.About) is { } about:
                about.Step = entry.StepIndex;
                about.Attempts = entry.Attempts;
                about.DueAt = DueAt(entry);
                break;

            case ParkedEntryKind.Done when Find(entry.About) is { } about:
                Check(isAgain || about.Event.IsSettled, "I1", $"orders[{source.Index}]@{about.Event.Offset} is marked as done, but has no outcome");
                about.IsDone = true;
                Unfinished.Remove(about);
                break;
        }
    }

    /// <summary>The unfinished entries of an event; those that a person has put back are not asked for.</summary>
    public ParkedEvent? UnfinishedOf(LogEntry entry)
    {
        foreach (var one in Unfinished)
        {
            if (!one.IsRedrive && one.Event == entry)
            {
                return one;
            }
        }

        return null;
    }

    /// <summary>The event that a marker is about, finished or not.</summary>
    public LogEntry? EventOf(EntryId id) => Find(id)?.Event;

    public void Forget(long before)
    {
        foreach (var (id, one) in _events)
        {
            if (one.Offset < before)
            {
                _events.Remove(id);
                Unfinished.Remove(one);
            }
        }
    }

    /// <summary>A trim changes nothing for those who read the log from its new start on.</summary>
    public void CheckThatTrimmingLeaves(ParkedTruth left, long before)
    {
        Check(left.Claim == Claim, "I6", $"the trim of parked {source.Index} to {before} takes its claim away: {Claim} was in force, now {left.Claim} is");
        foreach (var (id, one) in _events)
        {
            var then = left._events.GetValueOrDefault(id);
            Check(one.IsDone || then is { IsDone: false }, "I1", $"the trim of parked {source.Index} to {before} takes orders[{source.Index}]@{one.Event.Offset} away, which is unfinished");
            Check(!one.IsDone || then is null or { IsDone: true }, "I2", $"the trim of parked {source.Index} to {before} brings orders[{source.Index}]@{one.Event.Offset} back, which is done");
        }
    }

    private void Add(ParkedRecord record, bool isAgain)
    {
        var entry = record.Entry;
        var name = new RecordName(source.Id, entry.OriginalOffset, " in its parked log");
        var found = source.Recall(entry.OriginalOffset, entry.OriginalTimestampMs, entry.Value);
        Check(found is not null && ReferenceEquals(World.KeyOf(found.Key), entry.Key) && entry.OriginalPartition == source.Id, "I1", $"{name} carries the key, value or time of another event");
        var isRedrive = entry.Kind == ParkedEntryKind.Redrive;
        var one = new ParkedEvent(found!, record.Offset, isRedrive) { Step = entry.StepIndex, Attempts = entry.Attempts, DueAt = DueAt(entry) };
        _events[isRedrive ? (record.Offset, 0) : (entry.Id.Claim, entry.Id.Number)] = one;
        Unfinished.Add(one);
        if (!isAgain)
        {
            world.Oracle.OnParked(found!);
        }
    }

    /// <summary>What an entry is about: an owner's by claim and number, a redrive by its offset.</summary>
    private ParkedEvent? Find(EntryId id) => _events.GetValueOrDefault((id.Claim, id.Number));

    private long DueAt(ParkedEntry entry) => entry.DueAtMs == 0 ? 0 : entry.DueAtMs - world.Time.Origin.ToUnixTimeMilliseconds();

    private void Check(bool holds, string invariant, [InterpolatedStringHandlerArgument(nameof(holds))] ViolationMessage message)
    {
        if (!holds)
        {
            world.Fail(new InvariantViolation(invariant, message.Take()));
        }
    }
}

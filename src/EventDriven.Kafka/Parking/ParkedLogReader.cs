namespace EventDriven.Kafka.Parking;

/// <summary>
/// Reads a parked log in the order of its offsets and says which claims count and which entries are valid. All readers of a log come to the same answer, wherever
/// it was trimmed. Not thread-safe.
/// </summary>
internal sealed class ParkedLogReader(ParkingRules rules = ParkingRules.All)
{
    private readonly NumberSet _seen = new();
    private bool _isTrimmed;

    /// <summary>The offset to read from next.</summary>
    public long Position { get; private set; }

    /// <summary>The offset of the last counting claim; null before the first.</summary>
    public long? Counting { get; private set; }

    /// <summary>How many entries were read that nobody understands.</summary>
    public long Unknown { get; private set; }

    /// <summary>
    /// Looks whether the log still holds what comes next. Where it was trimmed, what lies below its start is done, and nothing that was read before holds: what was
    /// read as unfinished may have its end among what is gone.
    /// </summary>
    /// <returns>Whether reading begins again, so that everything read before is to be forgotten.</returns>
    public bool StartAgain(long logStart)
    {
        if (logStart <= Position)
        {
            return false;
        }

        if ((rules & ParkingRules.StartAgainWhereTrimmed) == 0 && Counting is not null)
        {
            Position = logStart;
            return false;
        }

        BeginAt(logStart);
        return true;
    }

    /// <summary>Forgets everything and reads from the start of the log: another log, or one that has lost its end.</summary>
    public void BeginAt(long logStart)
    {
        Position = logStart;
        Counting = null;
        _seen.Clear();
        _isTrimmed = logStart > 0;
    }

    /// <summary>Judges the entry that comes next.</summary>
    public ParkedVerdict Judge(in ParkedLogRecord record)
    {
        Position = Math.Max(Position, record.Offset + 1);
        var entry = record.Entry;
        switch (entry.Kind)
        {
            case ParkedEntryKind.Claim when Counts(entry):
                Counting = record.Offset;
                _seen.Clear();
                return ParkedVerdict.Counts;

            case ParkedEntryKind.Claim:
                return ParkedVerdict.Void;

            case ParkedEntryKind.Redrive:
                return ParkedVerdict.Valid;

            case ParkedEntryKind.Parked or ParkedEntryKind.Step or ParkedEntryKind.Done:
                return entry.Id.Claim == Counting && entry.Id.Number > 0 && IsNew(entry.Id.Number) ? ParkedVerdict.Valid : ParkedVerdict.Void;

            default:
                Unknown++;
                return ParkedVerdict.Void;
        }
    }

    /// <summary>Goes on behind what holds no entries.</summary>
    public void MoveTo(long next) => Position = Math.Max(Position, next);

    /// <summary>
    /// A log is trimmed to claims only: the first claim of a trimmed one counts, whatever it names. Otherwise one that was delayed, or landed twice, or was written by
    /// an owner that had not read its successor's, names another than the last and does not.
    /// </summary>
    private bool Counts(ParkedEntry claim) =>
        (rules & ParkingRules.ClaimsNameTheirPredecessor) == 0 || claim.PreviousClaim == Counting || (_isTrimmed && Counting is null);

    private bool IsNew(int number) => _seen.Add(number) || (rules & ParkingRules.NumbersCountOnce) == 0;
}

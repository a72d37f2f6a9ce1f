namespace EventDriven.Kafka.Parking;

/// <summary>
/// What an owner is to write to its parked log, in order. What is taken from it together gets its numbers then, keeps them however often it is sent, and is the only
/// append in flight until it is acknowledged. Guarded by its assignment.
/// </summary>
internal sealed class AppendQueue(ParkingRules rules = ParkingRules.All)
{
    public const int MaxEntries = 256;
    public const int MaxBytes = 512 * 1024;

    private readonly Queue<PendingAppend> _waiting = new();
    private readonly List<PendingAppend[]> _inFlight = [];
    private long _appends;

    /// <summary>The claim under which entries are written.</summary>
    public long Claim { get; private set; } = -1;

    /// <summary>The number of the last entry that was named within the claim.</summary>
    public int LastNumber { get; private set; }

    public bool IsInFlight => _inFlight.Count > 0;

    public bool IsEmpty => _waiting.Count == 0 && _inFlight.Count == 0;

    /// <summary>How many of its entries park an event, and what those weigh: they count against the bounds.</summary>
    public int Parked { get; private set; }

    public long ParkedBytes { get; private set; }

    /// <summary>Goes on under a new claim: entries that were not sent yet are written under it. No append may be in flight.</summary>
    public void GoOnUnder(long claim)
    {
        Claim = claim;
        LastNumber = 0;
    }

    /// <summary>The name of an entry that is not written by way of this queue.</summary>
    public EntryId Name() => new(Claim, ++LastNumber);

    /// <summary>How many of its entries say that an event is done: until they are acknowledged, the next owner would handle those again.</summary>
    public int Markers { get; private set; }

    public void Add(PendingAppend pending)
    {
        _waiting.Enqueue(pending);
        Count(pending, 1);
    }

    /// <summary>Takes what is sent next, named; null where nothing waits, or an append is in flight.</summary>
    public PendingAppend[]? Take()
    {
        if (_waiting.Count == 0 || (IsInFlight && (rules & ParkingRules.OneAppendInFlight) != 0))
        {
            return null;
        }

        _appends++;
        var taken = new List<PendingAppend>();
        for (var bytes = 0L; taken.Count < MaxEntries && _waiting.TryPeek(out var next); taken.Add(_waiting.Dequeue()))
        {
            bytes += next.Entry.Kind is ParkedEntryKind.Parked ? next.Item.Size : 0;
            if (taken.Count > 0 && bytes > MaxBytes)
            {
                break;
            }

            if (next.Entry.Kind is ParkedEntryKind.Done)
            {
                // Of what is sent together any part may land. Of two markers of one key the second must not land alone: the first event would run again behind it.
                if (next.Item.Key.DoneInAppend == _appends)
                {
                    break;
                }

                next.Item.Key.DoneInAppend = _appends;
            }

            next.Entry = next.Entry with { Id = Name() };
            if (next.Entry.Kind is ParkedEntryKind.Parked)
            {
                next.Item.Claim = Claim;
                next.Item.Number = LastNumber;
            }
        }

        var batch = taken.ToArray();
        _inFlight.Add(batch);
        return batch;
    }

    /// <summary>The event that an entry in flight parks; null where there is none of that name.</summary>
    public ParkedItem? FindInFlight(EntryId id)
    {
        foreach (var batch in _inFlight)
        {
            foreach (var pending in batch)
            {
                if (pending.Entry.Id == id)
                {
                    return pending.Entry.Kind is ParkedEntryKind.Parked ? pending.Item : null;
                }
            }
        }

        return null;
    }

    public void Acknowledge(PendingAppend[] batch)
    {
        _inFlight.Remove(batch);
        foreach (var pending in batch)
        {
            Count(pending, -1);
        }
    }

    /// <summary>Gives up on everything.</summary>
    public List<PendingAppend> Clear()
    {
        List<PendingAppend> left = [.. _inFlight.SelectMany(static batch => batch), .. _waiting];
        _inFlight.Clear();
        _waiting.Clear();
        Parked = 0;
        ParkedBytes = 0;
        Markers = 0;
        return left;
    }

    private void Count(PendingAppend pending, int sign)
    {
        if (pending.Entry.Kind is ParkedEntryKind.Parked)
        {
            Parked += sign;
            ParkedBytes += sign * pending.Item.Size;
        }
        else if (pending.Entry.Kind is ParkedEntryKind.Done)
        {
            Markers += sign;
        }
    }
}

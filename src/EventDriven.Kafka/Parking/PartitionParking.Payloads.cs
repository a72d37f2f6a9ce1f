namespace EventDriven.Kafka.Parking;

/// <content>
/// Payloads: in memory only within their part of the byte budget (I7), read in windows forward as they come due. What waits for a later time takes no room from what
/// is due.
/// </content>
internal sealed partial class PartitionParking
{
    /// <summary>What is due and not in memory, in the order of the log.</summary>
    private readonly SortedSet<ParkedItem> _wanted = new(Comparer<ParkedItem>.Create(static (one, other) => one.LogOffset.CompareTo(other.LogOffset)));

    /// <summary>What is in memory, in the order in which it came there.</summary>
    private readonly Queue<ParkedItem> _kept = new();

    private int _inMemory;
    private bool _loading;
    private bool _hasNoRoom;
    private long _window;

    /// <summary>What the payloads in memory weigh. Under the gate.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>How much they may weigh: a quarter of what the partition may hold. Under the gate.</summary>
    public long PayloadBudget { get; private set; } = long.MaxValue;

    /// <summary>Under the gate.</summary>
    public void SetPayloadBudget(long bytes)
    {
        _hasNoRoom &= bytes <= PayloadBudget;
        PayloadBudget = bytes;
    }

    private void Want(ParkedItem item)
    {
        if (!item.IsWanted && item.LogOffset >= 0)
        {
            item.IsWanted = true;
            _wanted.Add(item);
        }
    }

    private void Keep(ParkedItem item, ParkedPayload payload)
    {
        // Where its place in the log is not known yet it can't be read again.
        if (item.Payload is not null || (item.LogOffset >= 0 && !MakeRoom(item.Size) && !IsDue(item)))
        {
            return;
        }

        item.Payload = payload;
        PayloadBytes += item.Size;
        _inMemory++;
        _kept.Enqueue(item);
        if (_kept.Count > 64 && _kept.Count > _inMemory * 2)
        {
            ForgetWhatWasDropped();
        }
    }

    private void Drop(ParkedItem item)
    {
        if (item.Payload is null)
        {
            return;
        }

        item.Payload = null;
        PayloadBytes -= item.Size;
        _inMemory--;
        _hasNoRoom = false;
    }

    private void ForgetWhatWasDropped()
    {
        var kept = _kept.Where(static item => item.Payload is not null).Distinct().ToList();
        _kept.Clear();
        kept.ForEach(_kept.Enqueue);
    }

    /// <summary>Drops what is not due, or not first of its key, until there is room.</summary>
    private bool MakeRoom(long size)
    {
        for (var left = _kept.Count; left > 0 && PayloadBytes > 0 && PayloadBytes + size > PayloadBudget; left--)
        {
            var item = _kept.Dequeue();
            if (item.Payload is null)
            {
                continue;
            }

            if (item.LogOffset < 0 || IsDue(item))
            {
                _kept.Enqueue(item);
            }
            else
            {
                Drop(item);
            }
        }

        return PayloadBytes == 0 || PayloadBytes + size <= PayloadBudget;
    }

    /// <summary>Whether it is the next of its key to run and its time has come: it is needed now, or runs.</summary>
    private bool IsDue(ParkedItem item) => item.DueMs <= NowMs && item.Key.FirstOpen == item;

    private async Task LoadAsync()
    {
        try
        {
            for (var pause = FirstPause; ;)
            {
                long from;
                lock (_gate)
                {
                    if (!IsComplete || !FindWindow(out from))
                    {
                        _loading = false;
                        return;
                    }
                }

                var helped = false;
                if (await TryReadAsync(ParkedLogCursor.Payloads, from, TailWait).ConfigureAwait(false) is { } read)
                {
                    lock (_gate)
                    {
                        ThrowIfEnded();
                        helped = TakePayloads(from, read);
                    }
                }

                if (helped)
                {
                    pause = FirstPause;
                }
                else
                {
                    await PauseAsync(pause).ConfigureAwait(false);
                    pause = Longer(pause);
                }
            }
        }
        catch (OperationCanceledException) when (IsOver)
        {
            // The assignment has ended.
        }
    }

    /// <summary>Where reading goes on: forward, and back to the lowest once nothing is ahead.</summary>
    private bool FindWindow(out long from)
    {
        from = 0;
        if (_wanted.Count == 0)
        {
            return false;
        }

        var next = _wanted.Min!;
        foreach (var item in _wanted.GetViewBetween(Probe(_window), Probe(long.MaxValue)))
        {
            next = item;
            break;
        }

        if (!MakeRoom(next.Size))
        {
            _hasNoRoom = true;
            return false;
        }

        from = next.LogOffset;
        return true;
    }

    private static ParkedItem Probe(long logOffset) => new() { LogOffset = logOffset, OriginalOffset = 0, OriginalTimestampMs = 0, Size = 0 };

    private bool TakePayloads(long from, ParkedLogRead read)
    {
        var helped = false;
        if (read.LogStart > from)
        {
            // What lies below the log's start is done.
            foreach (var item in _wanted.Where(item => item.LogOffset < read.LogStart).ToList())
            {
                Forget(item);
                helped = true;
            }
        }

        foreach (var record in read.Records)
        {
            var entry = record.Entry;
            if (entry.Kind is not (ParkedEntryKind.Parked or ParkedEntryKind.Redrive)
                || Index.Find(entry.Kind is ParkedEntryKind.Redrive ? EntryId.OfRedrive(record.Offset) : entry.Id) is not { IsDone: false } item
                || item.LogOffset != record.Offset)
            {
                continue;
            }

            if (item.IsWanted)
            {
                if (!MakeRoom(item.Size))
                {
                    break;
                }

                item.IsWanted = false;
                _wanted.Remove(item);
                Keep(item, new ParkedPayload(entry.Value, entry.Headers));
                Consider(item.Key);
                helped = true;
            }
            else if (item.DueMs <= NowMs && PayloadBytes + item.Size <= PayloadBudget / 2)
            {
                // It comes next, or soon.
                Keep(item, new ParkedPayload(entry.Value, entry.Headers));
            }
        }

        _window = read.Next;
        return helped;
    }
}

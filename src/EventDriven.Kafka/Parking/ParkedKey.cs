using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Parking;

/// <summary>The unfinished entries of one key, sorted by original offset; of a null key one entry, since nothing orders those. Guarded by its assignment.</summary>
internal sealed class ParkedKey(HashedKey key)
{
    private ParkedItem[] _items = new ParkedItem[1];
    private int _first;

    /// <summary>The key, byte for byte.</summary>
    public byte[]? Key => key.Bytes;

    public HashedKey Hashed => key;

    public int Count { get; private set; }

    /// <summary>The lane of an entry without a key, while it has one.</summary>
    public Lane? Lane { get; set; }

    /// <summary>The time for which it stands among what is not due yet; the highest number where it does not.</summary>
    public long QueuedForMs { get; set; } = long.MaxValue;

    /// <summary>Whether it stands among what waits for the source.</summary>
    public bool IsQueuedForSource { get; set; }

    /// <summary>The offset for which it stands among what waits until source records have passed it; the highest number where it does not.</summary>
    public long QueuedToBePassed { get; set; } = long.MaxValue;

    /// <summary>Whether it stands among what waits for done markers to be acknowledged.</summary>
    public bool IsQueuedForMarkers { get; set; }

    /// <summary>The last append that has a done marker of this key.</summary>
    public long DoneInAppend { get; set; }

    /// <summary>The first that has no outcome yet; null where all have.</summary>
    public ParkedItem? FirstOpen
    {
        get
        {
            for (var i = 0; i < Count; i++)
            {
                if (!_items[_first + i].IsDone)
                {
                    return _items[_first + i];
                }
            }

            return null;
        }
    }

    public ParkedItem this[int index] => _items[_first + index];

    public void Add(ParkedItem item)
    {
        MakeRoom();

        // Mostly it comes last. Of two copies of one event the one that was parked first goes first.
        var at = Count;
        while (at > 0 && _items[_first + at - 1].OriginalOffset > item.OriginalOffset)
        {
            _items[_first + at] = _items[_first + at - 1];
            at--;
        }

        _items[_first + at] = item;
        Count++;
    }

    public void Remove(ParkedItem item)
    {
        var at = FindFirst(item.OriginalOffset);
        while (_items[_first + at] != item)
        {
            at++;
        }

        Count--;
        if (at == 0)
        {
            _items[_first++] = null!;
            return;
        }

        Array.Copy(_items, _first + at + 1, _items, _first + at, Count - at);
        _items[_first + Count] = null!;
    }

    /// <summary>Whether exactly this event is among them.</summary>
    public bool Contains(long originalOffset, long originalTimestampMs)
    {
        for (var i = FindFirst(originalOffset); i < Count && this[i].OriginalOffset == originalOffset; i++)
        {
            if (this[i].OriginalTimestampMs == originalTimestampMs && this[i].IsOfThisSource)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The place of the first that is not below an offset.</summary>
    private int FindFirst(long originalOffset)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_items[_first + middle].OriginalOffset < originalOffset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void MakeRoom()
    {
        if (_first + Count < _items.Length)
        {
            return;
        }

        var items = Count * 2 > _items.Length ? new ParkedItem[_items.Length * 2] : _items;
        Array.Copy(_items, _first, items, 0, Count);
        if (items == _items)
        {
            Array.Clear(items, Count, _first);
        }

        _items = items;
        _first = 0;
    }
}

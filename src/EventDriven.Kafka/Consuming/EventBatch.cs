namespace EventDriven.Kafka.Consuming;

/// <summary>Records of one assignment that are handled together: those of a lane stand one behind the other, in order. Used again.</summary>
internal sealed class EventBatch
{
    private BatchItem[] _items = new BatchItem[16];

    public int Count { get; private set; }

    public ref BatchItem this[int index] => ref _items[index];

    public void Add(Lane lane, long number, in ConsumedRecord record)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count++] = new BatchItem { Lane = lane, Number = number, Record = record };
    }

    /// <summary>The place behind the last record of the lane whose first stands at a place.</summary>
    public int EndOfLane(int first)
    {
        var lane = _items[first].Lane;
        var end = first + 1;
        while (end < Count && _items[end].Lane == lane)
        {
            end++;
        }

        return end;
    }

    public void Clear()
    {
        Array.Clear(_items, 0, Count);
        Count = 0;
    }
}

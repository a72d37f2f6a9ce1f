namespace EventDriven.Kafka.Consuming;

/// <summary>Lanes in the order in which they were added, linked through themselves: a lane is in one such list at most. No allocation.</summary>
internal struct LaneList
{
    private Lane? _last;

    public Lane? First { get; private set; }

    public int Count { get; private set; }

    public void Add(Lane lane)
    {
        Count++;
        lane.Previous = _last;
        lane.Next = null;
        if (_last is null)
        {
            First = lane;
        }
        else
        {
            _last.Next = lane;
        }

        _last = lane;
    }

    public void Remove(Lane lane)
    {
        Count--;
        if (lane.Previous is null)
        {
            First = lane.Next;
        }
        else
        {
            lane.Previous.Next = lane.Next;
        }

        if (lane.Next is null)
        {
            _last = lane.Previous;
        }
        else
        {
            lane.Next.Previous = lane.Previous;
        }

        lane.Previous = lane.Next = null;
    }
}

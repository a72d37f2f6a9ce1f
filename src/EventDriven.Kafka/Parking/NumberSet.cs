namespace EventDriven.Kafka.Parking;

/// <summary>The numbers seen within a claim: nearly always all from 1 on, so they are kept as ranges.</summary>
internal sealed class NumberSet
{
    private readonly List<(int From, int To)> _ranges = [];

    /// <returns>False where it was in the set before.</returns>
    public bool Add(int number)
    {
        var i = _ranges.Count - 1;
        while (i >= 0 && _ranges[i].From > number)
        {
            i--;
        }

        if (i >= 0 && number <= _ranges[i].To)
        {
            return false;
        }

        var joinsBelow = i >= 0 && _ranges[i].To == number - 1;
        var joinsAbove = i + 1 < _ranges.Count && _ranges[i + 1].From == number + 1;
        switch (joinsBelow, joinsAbove)
        {
            case (true, true):
                _ranges[i] = (_ranges[i].From, _ranges[i + 1].To);
                _ranges.RemoveAt(i + 1);
                break;

            case (true, false):
                _ranges[i] = (_ranges[i].From, number);
                break;

            case (false, true):
                _ranges[i + 1] = (number, _ranges[i + 1].To);
                break;

            default:
                _ranges.Insert(i + 1, (number, number));
                break;
        }

        return true;
    }

    public void Clear() => _ranges.Clear();
}

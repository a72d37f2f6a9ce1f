namespace EventDriven.Kafka.Producing;

/// <summary>Lets one of many like log lines pass each minute, and counts the others. Thread-safe.</summary>
internal sealed class LogPace(TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private long _last;
    private bool _any;
    private long _left;

    /// <summary>Whether this line is to be written.</summary>
    /// <param name="left">How many were left out since the one before.</param>
    public bool Next(out long left)
    {
        lock (_gate)
        {
            left = _left;
            if (_any && timeProvider.GetElapsedTime(_last) < TimeSpan.FromMinutes(1))
            {
                _left++;
                return false;
            }

            _any = true;
            _last = timeProvider.GetTimestamp();
            _left = 0;
            return true;
        }
    }
}

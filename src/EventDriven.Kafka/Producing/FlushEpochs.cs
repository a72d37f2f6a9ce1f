namespace EventDriven.Kafka.Producing;

/// <summary>Which events of one producer a flush has to wait for. Thread-safe.</summary>
internal sealed class FlushEpochs(ProducerFailures failures)
{
    private readonly Lock _gate = new();
    private FlushEpoch _current = new(failures);
    private Task _earlier = Task.CompletedTask;

    /// <summary>Counts one more event in; it must <see cref="FlushEpoch.End"/>.</summary>
    public FlushEpoch Begin()
    {
        while (true)
        {
            var epoch = Volatile.Read(ref _current);
            epoch.Begin();
            // A flush that came in between may have found the epoch empty: the event belongs to the next one then.
            if (ReferenceEquals(epoch, Volatile.Read(ref _current))) return epoch;
            epoch.End();
        }
    }

    /// <summary>Begins the next epoch.</summary>
    /// <returns>A task that completes when every event of the earlier ones has ended.</returns>
    public Task Advance()
    {
        lock (_gate)
        {
            if (_earlier.IsCompleted && _current.IsEmpty) return Task.CompletedTask;

            var ended = _current;
            Interlocked.Exchange(ref _current, new FlushEpoch(failures));
            ended.End();
            _earlier = _earlier.IsCompleted ? ended.Ended : Task.WhenAll(_earlier, ended.Ended);
            return _earlier;
        }
    }
}

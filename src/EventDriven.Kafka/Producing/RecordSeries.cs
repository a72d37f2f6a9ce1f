namespace EventDriven.Kafka.Producing;

/// <summary>
/// Records that are to stand in one partition in this order. All go by one instance of the client, which keeps their order when it tries again; once one is known to
/// have failed, or the instance was replaced, no later one is sent. Thread-safe.
/// </summary>
/// <param name="count">How many records; at least one.</param>
internal sealed class RecordSeries(int count)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ProducerConnection? _connection;
    private volatile EventProduceException? _error;
    private int _left = count;

    /// <summary>Completes once every record has ended: with the first error, where there was one.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why a record may not be sent by this instance; null where it may.</summary>
    public EventProduceException? ReasonAgainst(ProducerConnection connection, int index, ProduceTarget target)
    {
        if (_error is { } earlier)
        {
            return ProduceErrors.EarlierFailed(target, earlier);
        }

        if (index == 0)
        {
            _connection = connection;
        }

        return ReferenceEquals(_connection, connection) ? null : ProduceErrors.EarlierFailed(target, null);
    }

    /// <summary>A record has ended.</summary>
    public void End(EventProduceException? error)
    {
        if (error is not null)
        {
            Interlocked.CompareExchange(ref _error, error, null);
        }

        if (Interlocked.Decrement(ref _left) != 0)
        {
            return;
        }

        if (_error is { } first)
        {
            _ended.SetException(first);
        }
        else
        {
            _ended.SetResult();
        }
    }
}

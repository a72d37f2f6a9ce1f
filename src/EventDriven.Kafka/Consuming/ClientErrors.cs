namespace EventDriven.Kafka.Consuming;

/// <summary>
/// The errors that the client reports and recovers from by itself. It repeats each for as long as it lasts, and several in turn: each is told once.
/// Written by the poll thread; read by any.
/// </summary>
internal sealed class ClientErrors(TimeProvider time)
{
    /// <summary>What the client has not repeated for this long has passed.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(15);

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private SourceError? _last;
    private long _lastAt;
    private DateTimeOffset _since;

    /// <summary>The last error; null once all have passed. Thread-safe.</summary>
    public SourceError? Last => Volatile.Read(ref _last) is { } error && time.GetElapsedTime(Volatile.Read(ref _lastAt)) < Memory ? error : null;

    /// <summary>Since when there have been errors without a break; meaningful while <see cref="Last"/> is not null.</summary>
    public DateTimeOffset Since => _since;

    /// <summary>Notes an error.</summary>
    /// <returns>Whether it is news: it was not reported since the client last ran without errors.</returns>
    public bool Note(SourceError error)
    {
        if (Last is null)
        {
            _told.Clear();
            _since = time.GetUtcNow();
        }

        Volatile.Write(ref _lastAt, time.GetTimestamp());
        Volatile.Write(ref _last, error);
        return _told.Add(error.Code);
    }
}

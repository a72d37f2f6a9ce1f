using System.Collections.Concurrent;

namespace EventDriven.Chaos.Storm;

/// <summary>
/// What the members of a storm handle, event by event: each at least once, each key in order, and what is handled again is a suffix.
/// Thread-safe; the events of a key never come at the same time, and where they do, that is what is found.
/// </summary>
internal sealed class StormLedger(int keys, int events)
{
    private readonly int[] _next = new int[keys];
    private readonly int[] _busy = new int[keys];
    private readonly byte[] _handled = new byte[events];
    private readonly ConcurrentQueue<string> _problems = [];
    private long _count;
    private long _again;

    public IReadOnlyCollection<string> Problems => _problems;

    /// <summary>Events that were handled, each counted once.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Events that were handled again.</summary>
    public long Again => Interlocked.Read(ref _again);

    /// <summary>The event of a number: key number modulo the keys, its place in the key number divided by them.</summary>
    public void Handle(int number)
    {
        var (key, place) = (number % keys, number / keys);
        if (Interlocked.Exchange(ref _busy[key], 1) != 0)
        {
            _problems.Enqueue($"Two events of key {key} at once, one of them number {place}.");
        }

        var next = _next[key];
        if (place > next)
        {
            _problems.Enqueue($"Key {key}: number {place} came when {next} was next.");
        }

        _next[key] = place + 1;
        if (_handled[number]++ == 0)
        {
            Interlocked.Increment(ref _count);
        }
        else
        {
            Interlocked.Increment(ref _again);
        }

        Volatile.Write(ref _busy[key], 0);
    }

    /// <summary>What was never handled, and what was not handled again behind what was.</summary>
    public IEnumerable<string> Missing()
    {
        var missing = _handled.Count(static times => times == 0);
        if (missing > 0)
        {
            yield return $"{missing} events were not handled, the first is number {Array.IndexOf(_handled, (byte)0)}.";
        }

        for (var key = 0; key < keys; key++)
        {
            var length = (events - key + keys - 1) / keys;
            if (_next[key] != length)
            {
                yield return $"Key {key}: the last one handled is number {_next[key] - 1} of {length - 1}.";
            }
        }
    }
}

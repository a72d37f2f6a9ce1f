using System.Collections.Concurrent;

namespace Contracts;

/// <summary>What a service has handled.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _waiting = new();
    private int _count;

    public IReadOnlyCollection<string> Lines => _lines;

    public void Add(string line)
    {
        _lines.Enqueue(line);
        Reached(Interlocked.Increment(ref _count)).TrySetResult();
    }

    /// <summary>Waits until so many events were handled in all.</summary>
    public Task WaitAsync(int count) => Reached(count).Task.WaitAsync(TimeSpan.FromSeconds(60));

    private TaskCompletionSource Reached(int count) => _waiting.GetOrAdd(count, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}

using System.Collections.Concurrent;
using EventDriven.Chaos.Oracle;

namespace EventDriven.Chaos.Traffic;

/// <summary>What the producers were told: the receipts, and how many events have an unknown fate. Thread-safe.</summary>
internal sealed class Receipts
{
    private readonly ConcurrentQueue<Receipt> _acknowledged = [];
    private long _failed;

    public IReadOnlyCollection<Receipt> Acknowledged => _acknowledged;

    /// <summary>Events that may be there or not: their producer was told of a failure.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    public void Add(Receipt receipt) => _acknowledged.Enqueue(receipt);

    public void Fail(int events = 1) => Interlocked.Add(ref _failed, events);
}

using System.Collections.Concurrent;
using EventDriven;

namespace QuickStart;

/// <summary>Counts what was handled, and whether the events of each order came in their order.</summary>
public sealed class Progress
{
    private readonly ConcurrentDictionary<string, int> _lastStep = new();
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _handled;
    private int _outOfOrder;

    public int Expected { get; set; } = int.MaxValue;

    private bool HasEnd => Expected != int.MaxValue;

    public int HandledCount => _handled;

    public int Orders => _lastStep.Count;

    public int OutOfOrder => _outOfOrder;

    public Task All => _all.Task;

    public void Handled(OrderPlaced order, EventContext context)
    {
        if (_lastStep.TryGetValue(order.OrderId, out var last) && order.Step < last)
        {
            Interlocked.Increment(ref _outOfOrder);
        }

        _lastStep[order.OrderId] = order.Step;
        var handled = Interlocked.Increment(ref _handled);
        if (!HasEnd || handled <= 5 || handled % 200 == 0)
        {
            Console.WriteLine($"handled {handled,4}: {order.OrderId} step {order.Step}, from {context.Topic}[{context.Partition}] offset {context.Offset}");
        }

        if (handled >= Expected)
        {
            _all.TrySetResult();
        }
    }
}

using System.Collections.Concurrent;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Testing;

/// <summary>What has been seen of one consumer. Thread-safe.</summary>
internal sealed class Recording(string consumer, EventDecoder decoder, Func<long> nextMoment)
{
    private readonly Lock _gate = new();
    private readonly List<ConsumedEvent> _consumed = [];
    private readonly ConcurrentDictionary<(PartitionId Partition, long Offset), object> _reached = new();
    private TaskCompletionSource _changed = NewSignal();
    private int _delays;

    /// <summary>Completes at the next change of any kind; take it before looking.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate) return _changed.Task;
        }
    }

    public bool IsBackingOff
    {
        get
        {
            lock (_gate) return _delays > 0;
        }
    }

    public IReadOnlyList<ConsumedEvent> Consumed
    {
        get
        {
            lock (_gate) return [.. _consumed];
        }
    }

    public long Begin() => nextMoment();

    /// <summary>Notes the event that a handler got for a record.</summary>
    public void Reach(EventContext context, object @event) => _reached[(new PartitionId(context.Topic, context.Partition), context.Offset)] = @event;

    public void End(in ConsumedRecord record, in ProcessingResult result, long startedAt, EventHeaders headers)
    {
        _reached.TryRemove((new PartitionId(record.Topic, record.Partition), record.Offset), out var reached);
        var consumed = new ConsumedEvent(decoder, consumer, record, headers, reached, result, startedAt, nextMoment());
        lock (_gate)
        {
            _consumed.Add(consumed);
            Signal();
        }
    }

    public void BeginDelay() => ChangeDelays(1);

    public void EndDelay() => ChangeDelays(-1);

    private void ChangeDelays(int change)
    {
        lock (_gate)
        {
            _delays += change;
            Signal();
        }
    }

    private void Signal()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Consuming;

/// <content>What finished events have produced, until it goes into a transaction. Of consumers without transactions nothing of this is used.</content>
internal sealed partial class PartitionAssignment
{
    private readonly Action? _onFinished;
    private readonly PriorityQueue<EventOutput, long>? _outputs;
    private long _outputBytes;
    private long _takenHead;
    private Position? _takenPosition;
    private bool _sealed;

    /// <summary>Whether the epoch has ended.</summary>
    public bool IsFenced
    {
        get
        {
            lock (_gate)
            {
                return _fenced;
            }
        }
    }

    /// <summary>The position that a transaction has taken last; null before the first.</summary>
    public Position? Taken
    {
        get
        {
            lock (_gate)
            {
                return _takenPosition;
            }
        }
    }

    /// <summary>
    /// Takes what was finished since the last call: the position, and the output of exactly the events below it, in their order. An event above one that is not finished is not below
    /// the position, so its output stays; were it committed, the event would run again after a crash, and its output be doubled.
    /// </summary>
    /// <param name="outputs">Gets the outputs.</param>
    /// <param name="parked">Gets the parked events that have come to their end, where the transaction is committed next; else null, and they wait.</param>
    /// <param name="isLast">Whether nothing is to be taken afterwards.</param>
    /// <param name="position">The position.</param>
    /// <param name="events">How many events lie between the position before and this one.</param>
    /// <returns>False where there is nothing new, or nothing may be taken any more.</returns>
    public bool TakeFinished(List<EventOutput> outputs, List<ParkedOutput>? parked, bool isLast, out Position position, out long events)
    {
        lock (_gate)
        {
            position = default;
            events = 0;
            if (_fenced || _sealed || !_ledger.HasPosition)
            {
                return false;
            }

            _sealed = isLast;
            position = _ledger.Position;
            if (position == _takenPosition && (parked is null || _parking is not { HasFinished: true }))
            {
                return false;
            }

            while (_outputs!.TryPeek(out var output, out var number) && number < _ledger.Head)
            {
                _outputs.Dequeue();
                _outputBytes -= output.Bytes;
                outputs.Add(output);
            }

            events = _ledger.Head - _takenHead;
            while (parked is not null && _parking is not null && _parking.TryTakeFinished(out var finished))
            {
                _outputBytes -= finished.Output?.Bytes ?? 0;
                parked.Add(finished);
                events++;
            }

            _takenHead = _ledger.Head;
            _takenPosition = position;
            return true;
        }
    }

    /// <summary>Lets nothing more be taken: what was taken last is void, and the events are handled again in another assignment.</summary>
    public void Seal()
    {
        lock (_gate)
        {
            _sealed = true;
        }
    }

    private void KeepOutput(long number, EventOutput? output)
    {
        if (output is { Records.Count: > 0 })
        {
            _outputs!.Enqueue(output, number);
            _outputBytes += output.Bytes;
        }
    }
}

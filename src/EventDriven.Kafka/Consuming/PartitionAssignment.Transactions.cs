using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Consuming;

/// <content>What finished events have produced, until it goes into a transaction. Of consumers without transactions nothing of this is used.</content>
internal sealed partial class PartitionAssignment
{
    /// <summary>Events without output may be finished without end while no transaction can be committed: what is remembered of them must have one (I7). Beyond it they are taken together.</summary>
    private const int MaxSteps = 1_024;

    private readonly Action? _onFinished;
    private readonly PriorityQueue<EventOutput, long>? _outputs;
    private readonly Queue<(long Head, Position Position)> _steps = new();
    private readonly int _stepLength;
    private long _outputBytes;
    private long _takenHead;
    private long _lastStep;
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
    /// <param name="most">About how many events to take at most: more where a gap has closed below many.</param>
    /// <param name="isLast">Whether nothing is to be taken afterwards: then it is all that there is.</param>
    /// <param name="position">The position.</param>
    /// <param name="events">How many events lie between the position before and this one.</param>
    /// <returns>What there was.</returns>
    public FinishedTaken TakeFinished(List<EventOutput> outputs, List<ParkedOutput>? parked, long most, bool isLast, out Position position, out long events)
    {
        lock (_gate)
        {
            position = default;
            events = 0;
            if (_fenced || _sealed || !_ledger.HasPosition)
            {
                return FinishedTaken.Nothing;
            }

            _sealed = isLast;
            var head = _ledger.Head;
            position = _ledger.Position;
            var areParkedDue = parked is not null && _parking is { HasFinished: true };
            if (position == _takenPosition && !areParkedDue)
            {
                return FinishedTaken.Nothing;
            }

            // A parked event may lie anywhere below the position: it goes with all of it.
            if (!isLast && !areParkedDue && head - _takenHead > most)
            {
                (head, position) = StepTo(_takenHead + most) ?? (head, position);
            }

            while (_outputs!.TryPeek(out var output, out var number) && number < head)
            {
                _outputs.Dequeue();
                _outputBytes -= output.Bytes;
                outputs.Add(output);
            }

            events = head - _takenHead;
            while (areParkedDue && _parking!.TryTakeFinished(out var finished))
            {
                _outputBytes -= finished.Output?.Bytes ?? 0;
                parked!.Add(finished);
                events++;
            }

            while (_steps.TryPeek(out var step) && step.Head <= head) _steps.Dequeue();
            _takenHead = head;
            _takenPosition = position;
            return head < _ledger.Head ? FinishedTaken.Some : FinishedTaken.All;
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

    /// <summary>Remembers a position now and then, so that not all below the last need be taken at a time.</summary>
    private void NoteStep()
    {
        if (_outputs is not null && _steps.Count < MaxSteps && _ledger.Head - (_steps.Count == 0 ? _takenHead : _lastStep) >= _stepLength)
        {
            _lastStep = _ledger.Head;
            _steps.Enqueue((_lastStep, _ledger.Position));
        }
    }

    /// <summary>The last position remembered that is not above a number, or the first; null where none is.</summary>
    private (long Head, Position Position)? StepTo(long number)
    {
        (long Head, Position Position)? found = null;
        while (_steps.TryPeek(out var step) && (found is null || step.Head <= number))
        {
            found = _steps.Dequeue();
        }

        return found;
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

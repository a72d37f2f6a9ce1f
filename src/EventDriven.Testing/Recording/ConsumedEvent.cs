using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Testing;

/// <summary>What became of one event in a consumer: all attempts at it, and how they ended.</summary>
public sealed class ConsumedEvent : RecordedEvent
{
    private readonly EventDecoder _decoder;
    private readonly object? _event;

    internal ConsumedEvent(
        EventDecoder decoder, string consumer, in ConsumedRecord record, EventHeaders headers, object? @event, in ProcessingResult result, long startedAt, long endedAt)
        : base(record.Topic, record.Partition, record.Offset, record.TimestampMs, record.Key, record.Value, headers)
    {
        _decoder = decoder;
        _event = @event;
        Consumer = consumer;
        Outcome = result.Outcome switch
        {
            Kafka.Consuming.Outcome.Handled => EventOutcome.Handled,
            Kafka.Consuming.Outcome.Filtered => EventOutcome.Filtered,
            Kafka.Consuming.Outcome.Stopped => EventOutcome.Failed,
            Kafka.Consuming.Outcome.Parked => EventOutcome.Parked,
            Kafka.Consuming.Outcome.DeadLettered => EventOutcome.DeadLettered,
            Kafka.Consuming.Outcome.Skipped => EventOutcome.Skipped,
            _ => EventOutcome.Unfinished,
        };
        Attempts = result.Attempts;
        Error = result.Error;
        StartedAt = startedAt;
        EndedAt = endedAt;
    }

    /// <summary>The name of the consumer.</summary>
    public string Consumer { get; }

    /// <summary>How it ended.</summary>
    public EventOutcome Outcome { get; }

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; }

    /// <summary>What the last attempt threw, where the event failed; null otherwise.</summary>
    public Exception? Error { get; }

    /// <summary>When its first attempt started, in the order of all starts and ends of the host.</summary>
    internal long StartedAt { get; }

    /// <summary>When its last attempt ended, in the same order.</summary>
    internal long EndedAt { get; }

    internal override bool TryGetEvent<T>([NotNullWhen(true)] out T? @event, out DecodingProblem problem)
        where T : default
    {
        if (_event is T reached)
        {
            @event = reached;
            problem = default;
            return true;
        }

        // Where a handler was reached, its consumer has said what type the event is.
        if (_event is not null)
        {
            @event = default;
            problem = new DecodingProblem($"the consumer took it for {_event.GetType().Name}");
            return false;
        }

        return _decoder.TryDecode(this, Consumer, out @event, out problem);
    }

    private protected override void Describe(StringBuilder line)
    {
        line.Append(CultureInfo.InvariantCulture, $", {Outcome} after {Attempts} attempt{(Attempts == 1 ? "" : "s")}");
        if (Error is not null) line.Append(CultureInfo.InvariantCulture, $" with {Error.GetType().Name} \"{Error.Message}\"");
    }
}

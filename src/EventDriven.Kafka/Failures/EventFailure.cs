using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Telemetry;
using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Failures;

/// <summary>How the attempts at one event have failed: what the steps of its policy, and those who look at its record later, need to know.</summary>
internal sealed class EventFailure
{
    public required FailureClass Class { get; init; }

    /// <summary>What the last attempt has failed with.</summary>
    public required Exception Error { get; init; }

    /// <summary>How many attempts were made, those before earlier hand-overs included.</summary>
    public required int Attempts { get; init; }

    public required DateTimeOffset FailedAt { get; init; }

    /// <summary>The class of the handler that the event came to, or would have; null where none is known.</summary>
    public string? Handler { get; init; }

    /// <summary>The event as it is observed, which ends with its outcome; null where nobody listens.</summary>
    public ProcessOperation? Operation { get; set; }

    /// <summary>The lane in which it failed, which waits for its next step: what parks it there.</summary>
    public Lane? Lane { get; set; }

    /// <summary>The record that it was handed over in, where that is part of the transaction of its consumer.</summary>
    public EventOutput? Output { get; set; }
}

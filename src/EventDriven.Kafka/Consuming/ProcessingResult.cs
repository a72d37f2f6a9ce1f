using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Consuming;

/// <summary>The outcome of one record, with what led to it.</summary>
internal readonly struct ProcessingResult
{
    private ProcessingResult(Outcome outcome, int attempts, Exception? error, FailureClass failureClass = default, EventFailure? failure = null)
    {
        Outcome = outcome;
        Attempts = attempts;
        Error = error;
        Class = failureClass;
        Failure = failure;
    }

    public Outcome Outcome { get; }

    /// <summary>How many attempts were made, those before a hand-over included.</summary>
    public int Attempts { get; }

    /// <summary>Why it stopped, or was handed over; null for the other outcomes.</summary>
    public Exception? Error { get; }

    /// <summary>What kind of failure it was; meaningful where there is an error.</summary>
    public FailureClass Class { get; }

    /// <summary>What the next step of its policy needs to know, for <see cref="Outcome.Failed"/>; null for the other outcomes.</summary>
    public EventFailure? Failure { get; }

    /// <summary>What is to be in one transaction with its offset; null where there is nothing.</summary>
    public EventOutput? Output { get; init; }

    public static ProcessingResult Handled(int attempts = 1) => new(Outcome.Handled, attempts, null);

    public static ProcessingResult Filtered(int attempts = 1) => new(Outcome.Filtered, attempts, null);

    public static ProcessingResult Unfinished(int attempts) => new(Outcome.Unfinished, attempts, null);

    public static ProcessingResult Stopped(int attempts, Exception error, FailureClass failureClass = FailureClass.Transient) =>
        new(Outcome.Stopped, attempts, error, failureClass);

    public static ProcessingResult Failed(EventFailure failure) => new(Outcome.Failed, failure.Attempts, failure.Error, failure.Class, failure);

    /// <param name="failure">How its attempts failed.</param>
    /// <param name="outcome">What the step of its policy has made of it.</param>
    public static ProcessingResult HandedOver(EventFailure failure, Outcome outcome) => new(outcome, failure.Attempts, failure.Error, failure.Class) { Output = failure.Output };
}

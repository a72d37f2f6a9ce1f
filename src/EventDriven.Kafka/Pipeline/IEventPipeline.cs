using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.Pipeline;

/// <summary>What happens to one record, from bytes to outcome: all attempts, the failure policy around them. Composed once, at start; thread-safe.</summary>
internal interface IEventPipeline
{
    /// <summary>Handles one record to an outcome, or to the end of its attempts in place.</summary>
    /// <returns>The outcome. The task never faults: whatever is thrown inside becomes an outcome.</returns>
    ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens);

    /// <summary>
    /// Takes the next step of the failure policy with a record whose answer was <see cref="Outcome.Failed"/>. May take as long as brokers need, but runs no code of
    /// the application's: it needs no worker.
    /// </summary>
    /// <returns>The outcome, never <see cref="Outcome.Failed"/>. The task never faults.</returns>
    ValueTask<ProcessingResult> HandOverAsync(in ConsumedRecord record, EventFailure failure, ProcessingTokens tokens);
}

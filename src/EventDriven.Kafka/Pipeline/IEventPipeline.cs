using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Pipeline;

/// <summary>What happens to one record, from bytes to outcome: all attempts, the failure policy around them. Composed once, at start; thread-safe.</summary>
internal interface IEventPipeline
{
    /// <summary>Handles one record to an outcome.</summary>
    /// <returns>The outcome. The task never faults: whatever is thrown inside becomes an outcome.</returns>
    ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens);
}

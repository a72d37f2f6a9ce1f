using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Pipeline;

/// <summary>What happens to batches: one attempt at each, and what failed in it goes its own way. Thread-safe.</summary>
internal interface IBatchPipeline : IEventPipeline
{
    /// <summary>Makes one attempt at a batch, and says of each of its events how it came out. The task never faults.</summary>
    ValueTask ProcessBatchAsync(EventBatch batch, ProcessingTokens tokens);

    /// <summary>Handles a record to an outcome whose first attempt has failed in a batch. The task never faults.</summary>
    ValueTask<ProcessingResult> ProcessFailedAsync(in ConsumedRecord record, Exception error, ProcessingTokens tokens);
}

using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Pipeline;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Testing;

/// <summary>Notes what becomes of each record of a consumer of batches.</summary>
internal sealed class RecordingBatchPipeline(IBatchPipeline pipeline, Recording recording) : IBatchPipeline
{
    private readonly RecordingPipeline _events = new(pipeline, recording);

    public ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens) => _events.ProcessAsync(record, tokens);

    public ValueTask<ProcessingResult> HandOverAsync(in ConsumedRecord record, EventFailure failure, ProcessingTokens tokens) => _events.HandOverAsync(record, failure, tokens);

    public async ValueTask ProcessBatchAsync(EventBatch batch, ProcessingTokens tokens)
    {
        await pipeline.ProcessBatchAsync(batch, tokens).ConfigureAwait(false);
        for (var i = 0; i < batch.Count; i++)
        {
            // What has no outcome yet comes again, on its own or with another batch.
            if (batch[i].Outcome is BatchOutcome.Handled or BatchOutcome.Filtered)
            {
                var result = batch[i].Outcome is BatchOutcome.Handled ? ProcessingResult.Handled() : ProcessingResult.Filtered();
                recording.End(batch[i].Record, result, recording.Begin(), ConfluentHeaders.To((Headers?)batch[i].Record.Headers));
            }
        }
    }

    public ValueTask<ProcessingResult> ProcessFailedAsync(in ConsumedRecord record, Exception error, ProcessingTokens tokens) => RecordFailedAsync(record, error, tokens);

    private async ValueTask<ProcessingResult> RecordFailedAsync(ConsumedRecord record, Exception error, ProcessingTokens tokens)
    {
        var startedAt = recording.Begin();
        var result = await pipeline.ProcessFailedAsync(record, error, tokens).ConfigureAwait(false);
        if (result.Outcome != Outcome.Failed)
        {
            recording.End(record, result, startedAt, ConfluentHeaders.To((Headers?)record.Headers));
        }

        return result;
    }
}

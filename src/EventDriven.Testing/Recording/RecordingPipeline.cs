using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Pipeline;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Testing;

/// <summary>Notes what becomes of each record of a consumer.</summary>
internal sealed class RecordingPipeline(IEventPipeline pipeline, Recording recording) : IEventPipeline
{
    public ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens) => RecordAsync(record, tokens);

    private async ValueTask<ProcessingResult> RecordAsync(ConsumedRecord record, ProcessingTokens tokens)
    {
        var startedAt = recording.Begin();
        var result = await pipeline.ProcessAsync(record, tokens).ConfigureAwait(false);
        if (result.Outcome != Outcome.Failed)
        {
            recording.End(record, result, startedAt, ConfluentHeaders.To((Headers?)record.Headers));
        }

        return result;
    }

    public ValueTask<ProcessingResult> HandOverAsync(in ConsumedRecord record, EventFailure failure, ProcessingTokens tokens) => RecordHandOverAsync(record, failure, tokens);

    private async ValueTask<ProcessingResult> RecordHandOverAsync(ConsumedRecord record, EventFailure failure, ProcessingTokens tokens)
    {
        var startedAt = recording.Begin();
        var result = await pipeline.HandOverAsync(record, failure, tokens).ConfigureAwait(false);
        recording.End(record, result, startedAt, ConfluentHeaders.To((Headers?)record.Headers));
        return result;
    }
}

using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
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
        recording.End(record, result, startedAt, ConfluentHeaders.To((Headers?)record.Headers));
        return result;
    }
}

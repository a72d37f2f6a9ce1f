using System.Collections.Concurrent;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>Notes every record that is handled; shared by the members of a group, so that what two of them handle shows as a duplicate.</summary>
internal sealed class RecordingPipeline(Func<ConsumedRecord, ProcessingTokens, Task>? handle = null) : IEventPipeline
{
    public ConcurrentDictionary<(int Partition, long Offset), int> Handled { get; } = new();

    public int Duplicates => Handled.Values.Sum(times => times - 1);

    public void Note(int partition, long offset) => Handled.AddOrUpdate((partition, offset), 1, (_, times) => times + 1);

    public ValueTask<ProcessingResult> HandOverAsync(in ConsumedRecord record, EventFailure failure, ProcessingTokens tokens) => throw new NotSupportedException();

    public ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens) => ProcessAsync(record, handle, tokens);

    private async ValueTask<ProcessingResult> ProcessAsync(ConsumedRecord record, Func<ConsumedRecord, ProcessingTokens, Task>? run, ProcessingTokens tokens)
    {
        try
        {
            if (run is not null)
            {
                await run(record, tokens);
            }
        }
        catch (OperationCanceledException) when (tokens.Cancelled.IsCancellationRequested)
        {
            return ProcessingResult.Unfinished(1);
        }
        catch (Exception exception)
        {
            return ProcessingResult.Stopped(1, exception);
        }

        Note(record.Partition, record.Offset);
        return ProcessingResult.Handled();
    }
}

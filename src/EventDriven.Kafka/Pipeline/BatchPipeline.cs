using System.Collections.Concurrent;
using System.Diagnostics;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Pipeline;

/// <summary>The pipeline of a consumer of batches: batches, and by the pipeline of single events what is handled on its own.</summary>
internal sealed class BatchPipeline(EventPipeline events, IBatchJoint joint, IServiceScopeFactory scopes) : IBatchPipeline
{
    private readonly ConcurrentQueue<BatchExecution> _idle = new();

    public EventPipeline Events => events;

    public IBatchJoint Joint => joint;

    public IServiceScopeFactory Scopes => scopes;

    public ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens) => events.ProcessAsync(record, tokens);

    public ValueTask<ProcessingResult> HandOverAsync(in ConsumedRecord record, EventFailure failure, ProcessingTokens tokens) => events.HandOverAsync(record, failure, tokens);

    public ValueTask<ProcessingResult> ProcessFailedAsync(in ConsumedRecord record, Exception error, ProcessingTokens tokens) =>
        events.ProcessFailedAsync(record, error, tokens);

    public ValueTask ProcessBatchAsync(EventBatch batch, ProcessingTokens tokens)
    {
        // A batch is of one partition: all of its events come from a retry topic, or none.
        for (var i = 0; i < batch.Count && batch[i].Record.Origin is { } origin; i++)
        {
            if (origin.DueAt is { } due) events.Telemetry.StartWaiting(batch[i].Record.Topic, due);
        }

        return events.Telemetry.IsEnabled ? ObserveAsync(batch, tokens) : RunAsync(batch, tokens);
    }

    /// <summary>Handles a batch while somebody listens. A method of its own, so that its span is the current one in it alone.</summary>
    private async ValueTask ObserveAsync(EventBatch batch, ProcessingTokens tokens)
    {
        var telemetry = events.Telemetry;
        var first = batch[0].Record;
        var operation = telemetry.BeginBatch(first.Topic, first.Partition, batch.Count, telemetry.IsTracing ? LinksOf(batch) : []);
        await RunAsync(batch, tokens).ConfigureAwait(false);
        var open = 0;
        Exception? error = null;
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Outcome is BatchOutcome.Handled or BatchOutcome.Filtered)
            {
                telemetry.EndInBatch(operation, EventPipeline.NameOf(batch[i].Outcome is BatchOutcome.Handled ? Outcome.Handled : Outcome.Filtered));
            }
            else
            {
                open++;
                error ??= batch[i].Error;
            }
        }

        telemetry.EndBatch(operation, open, error);
    }

    private static ActivityLink[] LinksOf(EventBatch batch)
    {
        var links = new List<ActivityLink>();
        for (var i = 0; i < batch.Count; i++)
        {
            if (EventPipeline.CreationContextOf(batch[i].Record) is var context && context != default)
            {
                links.Add(new ActivityLink(context));
            }
        }

        return [.. links];
    }

    private async ValueTask RunAsync(EventBatch batch, ProcessingTokens tokens)
    {
        if (!_idle.TryDequeue(out var execution))
        {
            execution = new BatchExecution(this);
        }

        await execution.RunAsync(batch, tokens).ConfigureAwait(false);
        _idle.Enqueue(execution);
    }
}

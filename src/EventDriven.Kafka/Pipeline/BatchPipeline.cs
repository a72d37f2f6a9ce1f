using System.Collections.Concurrent;
using EventDriven.Kafka.Consuming;
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

    public ValueTask<ProcessingResult> ProcessFailedAsync(in ConsumedRecord record, Exception error, ProcessingTokens tokens) =>
        events.ProcessFailedAsync(record, error, tokens);

    public async ValueTask ProcessBatchAsync(EventBatch batch, ProcessingTokens tokens)
    {
        if (!_idle.TryDequeue(out var execution))
        {
            execution = new BatchExecution(this);
        }

        await execution.RunAsync(batch, tokens).ConfigureAwait(false);
        _idle.Enqueue(execution);
    }
}

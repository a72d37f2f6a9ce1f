using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka.Broker.Tests.Failures;

/// <summary>A process that comes as far as the acknowledgement of a dead letter and no further: what it would have committed it never does.</summary>
internal sealed class StopsAfterHandOver : IPipelineObserver
{
    private readonly TaskCompletionSource _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Acknowledged => _acknowledged.Task;

    public IEventPipeline Observe(ConsumerSettings settings, IEventPipeline pipeline) => new Pipeline(pipeline, _acknowledged);

    public IEventHandler<T> Observe<T>(ConsumerSettings settings, IEventHandler<T> handler) => handler;

    public TimeProvider Observe(ConsumerSettings settings, TimeProvider delays) => delays;

    private sealed class Pipeline(IEventPipeline pipeline, TaskCompletionSource acknowledged) : IEventPipeline
    {
        public ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens) => pipeline.ProcessAsync(record, tokens);

        public ValueTask<ProcessingResult> HandOverAsync(in ConsumedRecord record, EventFailure failure, ProcessingTokens tokens) => HandOverAsync(pipeline.HandOverAsync(record, failure, tokens));

        private async ValueTask<ProcessingResult> HandOverAsync(ValueTask<ProcessingResult> handingOver)
        {
            await handingOver;
            acknowledged.SetResult();
            await Task.Delay(Timeout.Infinite);
            throw new InvalidOperationException("Never comes here.");
        }
    }
}

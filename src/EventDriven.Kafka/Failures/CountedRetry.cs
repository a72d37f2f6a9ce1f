using EventDriven.Kafka.Pipeline;
using Polly;
using Polly.Retry;

namespace EventDriven.Kafka.Failures;

/// <summary>A number of further attempts with growing delays, by Polly. Polly is not involved until an attempt has failed.</summary>
internal sealed class CountedRetry : InPlaceRetry
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);
    private static readonly ResiliencePropertyKey<EventExecution> ExecutionKey = new("EventDriven.Execution");
    private readonly ResiliencePipeline _pipeline;

    public CountedRetry(int retries, TimeSpan delay, TimeProvider time) =>
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = retries,
                Delay = delay,
                MaxDelay = delay > LongestDelay ? delay : LongestDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,

                // Only an attempt that may succeed another time leaves as an exception.
                ShouldHandle = static arguments => new ValueTask<bool>(arguments.Outcome.Exception is not null),
                OnRetry = static arguments =>
                {
                    var execution = arguments.Context.Properties.GetValue(ExecutionKey, null!);
                    execution.Log.RetriedAfter(execution.Context, execution.Attempts, execution.Error, arguments.RetryDelay);
                    return default;
                },
            })
            .Build();

    public override bool IncludesFirstAttempt => false;

    public override async ValueTask<AttemptEnd> RunAsync(EventExecution execution)
    {
        // A drain ends the delays at once (and Polly begins no attempt afterwards); a running attempt has its own token.
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, execution.Tokens.Draining);
        context.Properties.Set(ExecutionKey, execution);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                static (_, run) => run.NextAsync(), context, new Run(execution)).ConfigureAwait(false);
            return outcome.Exception is null ? outcome.Result : execution.GiveUp(execution.Error ?? outcome.Exception);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Hands Polly the failure of the first attempt, which was made without it, then makes the others.</summary>
    private sealed class Run(EventExecution execution)
    {
        private bool _firstTold;

        public async ValueTask<Outcome<AttemptEnd>> NextAsync()
        {
            var end = _firstTold ? await execution.NextThroughOutagesAsync().ConfigureAwait(false) : AttemptEnd.Failed;
            _firstTold = true;
            return end is AttemptEnd.Failed ? Outcome.FromException<AttemptEnd>(execution.Error!) : Outcome.FromResult(end);
        }
    }
}

using EventDriven.Kafka.Pipeline;
using Polly;

namespace EventDriven.Kafka.Failures;

/// <summary>A pipeline of the application's own, from Polly's registry, around all attempts.</summary>
internal sealed class NamedRetry(ResiliencePipeline pipeline) : InPlaceRetry
{
    public override bool IncludesFirstAttempt => true;

    public override async ValueTask<AttemptEnd> RunAsync(EventExecution execution)
    {
        var gate = new DrainGate(execution.Tokens.Draining);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, gate.Token);
        try
        {
            var outcome = await pipeline.ExecuteOutcomeAsync(
                static (context, run) => NextAsync(context, run.execution, run.gate), context, (execution, gate)).ConfigureAwait(false);
            return outcome.Exception is null && outcome.Result is not AttemptEnd.None
                ? outcome.Result
                : execution.GiveUp(outcome.Exception ?? execution.Error ?? new InvalidOperationException("The resilience pipeline returned without making an attempt."));
        }
        finally
        {
            gate.Forget();
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static async ValueTask<Outcome<AttemptEnd>> NextAsync(ResilienceContext context, EventExecution execution, DrainGate gate)
    {
        if (!gate.TryEnter())
        {
            return Outcome.FromException<AttemptEnd>(execution.IsGivenUp
                ? new OperationCanceledException(gate.Token)
                : new InvalidOperationException("The resilience pipeline began an attempt while another was running; events are tried one attempt after the other."));
        }

        try
        {
            if (execution.Attempts > 0)
            {
                execution.Log.Retried(execution.Context, execution.Attempts, execution.Error);
            }

            var end = await execution.NextAttemptAsync(context.CancellationToken).ConfigureAwait(false);

            // Strategies see only what another attempt may mend; the rest leaves as a result, which no retry touches.
            return end is AttemptEnd.Outage || (end is AttemptEnd.Failed && execution.Attempts < MaxAttempts)
                ? Outcome.FromException<AttemptEnd>(execution.Error!)
                : Outcome.FromResult(end);
        }
        finally
        {
            gate.Leave();
        }
    }
}

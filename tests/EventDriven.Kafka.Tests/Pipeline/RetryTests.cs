using Polly;
using Polly.Retry;
using Outcome = EventDriven.Kafka.Consuming.Outcome;

namespace EventDriven.Kafka.Tests.Pipeline;

public sealed class RetryTests
{
    private const string Order = """{"orderId":"A1","amount":7}""";

    private int _attempts;

    [Fact]
    public async Task Retries_come_after_the_first_attempt_and_the_last_failure_is_told()
    {
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced _, EventContext context, CancellationToken _) => throw new InvalidOperationException($"attempt {context.Attempt}"))
            .OnFailure(f => f.Retry(3, TimeSpan.FromMilliseconds(200))));

        var result = await bench.RunThroughDelaysAsync(bench.ProcessAsync(Order));

        Assert.Equal((Outcome.Stopped, 4), (result.Outcome, result.Attempts));
        Assert.Equal("attempt 4", result.Error!.Message);
    }

    [Fact]
    public async Task A_delay_between_attempts_ends_at_once_when_the_partition_is_given_up()
    {
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced _, CancellationToken _) =>
            {
                failed.TrySetResult();
                throw new TimeoutException();
            })
            .OnFailure(f => f.Retry(3, TimeSpan.FromHours(1))));
        var processing = bench.ProcessAsync(Order);
        await failed.Task.WaitAsync(PipelineBench.Generous);

        // The clock of the test stands still: only the token can end the delay.
        await bench.Draining.CancelAsync();
        var result = await processing.WaitAsync(PipelineBench.Generous);

        Assert.Equal((Outcome.Unfinished, 1), (result.Outcome, result.Attempts));
    }

    [Fact]
    public async Task A_pipeline_of_the_application_runs_all_attempts_the_first_included()
    {
        await using var bench = new PipelineBench(
            c => c
                .Handle((OrderPlaced _, CancellationToken _) => ++_attempts < 3 ? throw new TimeoutException() : ValueTask.CompletedTask)
                .OnFailure(f => f.Retry("stock")),
            services => services.AddResiliencePipeline("stock", builder => builder.AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 5, Delay = TimeSpan.Zero })));

        var result = await bench.RunThroughDelaysAsync(bench.ProcessAsync(Order));

        Assert.Equal((Outcome.Handled, 3), (result.Outcome, result.Attempts));
    }

    [Fact]
    public async Task A_pipeline_that_is_not_registered_is_an_error_at_start()
    {
        await using var bench = new PipelineBench(
            c => c.Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask).OnFailure(f => f.Retry("stok")),
            services => services.AddResiliencePipeline("stock", static _ => { }));

        Assert.Contains("stok", Assert.Single(bench.Check()), StringComparison.Ordinal);
    }
}

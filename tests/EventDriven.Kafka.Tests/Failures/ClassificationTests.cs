using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Tests.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Outcome = EventDriven.Kafka.Consuming.Outcome;

namespace EventDriven.Kafka.Tests.Failures;

/// <summary>What kind of failure an exception is: by the consumer's rules, then the host's, then the library's own.</summary>
public sealed class ClassificationTests
{
    private const string Order = """{"orderId":"A1","amount":7}""";

    public static TheoryData<Exception, string> Defaults { get; } = new()
    {
        { new EventSerializationException("no JSON", typeof(OrderPlaced)), nameof(FailureClass.Fatal) },
        { new UnknownEventTypeException("no handler", "OrderLost"), nameof(FailureClass.Fatal) },
        { new EventSerializerUnavailableException("no registry"), nameof(FailureClass.Outage) },
        { new OperationCanceledException(), nameof(FailureClass.Transient) },
        { new InvalidOperationException(), nameof(FailureClass.Transient) },
        { new AggregateException(new InsufficientMemoryException()), nameof(FailureClass.Lethal) },
        { new InsufficientMemoryException(), nameof(FailureClass.Lethal) },
    };

    [Theory]
    [MemberData(nameof(Defaults))]
    public void Without_rules_the_library_decides(Exception exception, string expected) =>
        Assert.Equal(expected, FailureClassifier.Default.Classify(exception).ToString());

    [Theory]
    [InlineData("mine", 1)]
    [InlineData("common", 1)]
    [InlineData("neither", 3)]
    public async Task A_consumers_own_rules_go_before_those_of_the_host(string message, int attempts)
    {
        await using var bench = new PipelineBench(
            c => c
                .Handle((OrderPlaced _, CancellationToken _) => throw new InvalidOperationException(message))
                .OnFailure(f => f.Retry(2, TimeSpan.Zero).TreatAsFatal<InvalidOperationException>(static error => error.Message == "mine")),
            services => services
                .ClassifyEventFailures(static rules => rules.TreatAsOutage<InvalidOperationException>(static error => error.Message == "mine"))
                .ClassifyEventFailures(static rules => rules.TreatAsFatal<InvalidOperationException>(static error => error.Message == "common")));

        var result = await bench.RunThroughDelaysAsync(bench.ProcessAsync(Order));

        Assert.Equal((Outcome.Stopped, attempts), (result.Outcome, result.Attempts));
        Assert.Equal(attempts == 1 ? FailureClass.Fatal : FailureClass.Transient, result.Class);
    }

    [Fact]
    public async Task What_is_fatal_by_default_can_be_made_transient()
    {
        await using var bench = new PipelineBench(
            c => c.Handle((OrderPlaced _, CancellationToken _) => ValueTask.CompletedTask).OnFailure(f => f.Retry(2, TimeSpan.Zero)),
            services => services.ClassifyEventFailures(static rules => rules.TreatAsTransient<EventSerializationException>()));

        Assert.Equal(3, (await bench.RunThroughDelaysAsync(bench.ProcessAsync("{"))).Attempts);
    }

    [Fact]
    public async Task A_rule_that_throws_counts_as_not_applying_and_is_told()
    {
        await using var bench = new PipelineBench(c => c
            .Handle((OrderPlaced _, CancellationToken _) => throw new TimeoutException())
            .OnFailure(f => f.TreatAsOutage<TimeoutException>(static _ => throw new InvalidCastException("mine")).TreatAsFatal<TimeoutException>()));

        var result = await bench.ProcessAsync(Order);

        Assert.Equal((Outcome.Stopped, FailureClass.Fatal), (result.Outcome, result.Class));
        Assert.Contains(bench.Logs.Lines, static entry => entry.Id == 2050 && entry.Exception is InvalidCastException);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_that_fails_only_while_it_is_cancelled_has_not_failed(bool fatal)
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = new PipelineBench(c => c
            .Handle(async (OrderPlaced _, CancellationToken cancellationToken) =>
            {
                entered.SetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(static _ => { }, TaskScheduler.Default);
                throw fatal ? new EventSerializationException("half read", typeof(OrderPlaced)) : new InvalidOperationException("half done");
            })
            .OnFailure(f => f.Retry(2, TimeSpan.Zero)));
        var processing = bench.ProcessAsync(Order);
        await entered.Task.WaitAsync(PipelineBench.Generous, TestContext.Current.CancellationToken);

        await bench.Cancelled.CancelAsync();

        Assert.Equal(Outcome.Unfinished, (await processing.WaitAsync(PipelineBench.Generous, TestContext.Current.CancellationToken)).Outcome);
    }
}

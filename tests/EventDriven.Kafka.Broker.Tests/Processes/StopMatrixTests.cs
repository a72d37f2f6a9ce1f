using EventDriven.Kafka.Broker.Tests.Cluster;
using static EventDriven.Kafka.Broker.Tests.Processes.StopMatrix;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>A stop ends in its time whatever goes on, in processes of their own and with brokers that are frozen or gone. (The rest of the matrix is on the embedded Kafka.)</summary>
public sealed class StopMatrixTests(StopMatrix matrix) : IClassFixture<StopMatrix>
{
    /// <summary>For processes that end side by side on two busy processors. What does not end in its time takes 45 seconds and more.</summary>
    private static readonly TimeSpan s_margin = TimeSpan.FromSeconds(5);

    [BrokerTheory]
    [InlineData(During.Idle, StopBy.Sigterm)]
    [InlineData(During.Busy, StopBy.Sigterm)]
    [InlineData(During.BackOff, StopBy.Sigterm)]
    [InlineData(During.Parked, StopBy.Sigterm)]
    [InlineData(During.Rebalance, StopBy.Sigterm)]
    [InlineData(During.DeadLetterWrite, StopBy.Sigterm)]
    [InlineData(During.HandlerIgnoresCancellation, StopBy.Sigterm)]
    [InlineData(During.HandlersBlockTheirThreads, StopBy.Sigterm)]
    [InlineData(During.CoordinatorFrozenWithOffsetsStored, StopBy.Sigterm)]
    [InlineData(During.CoordinatorFrozenWithOffsetsStored, StopBy.Host)]
    [InlineData(During.CoordinatorFrozenWithOffsetsStored, StopBy.Consumer)]
    [InlineData(During.BrokersFrozen, StopBy.Sigterm)]
    [InlineData(During.BrokersFrozen, StopBy.Host)]
    [InlineData(During.BrokersFrozen, StopBy.Consumer)]
    [InlineData(During.BrokersFrozenWithOpenTransaction, StopBy.Sigterm)]
    [InlineData(During.BrokersFrozenWithOpenTransaction, StopBy.Host)]
    [InlineData(During.BrokersFrozenWithOpenTransaction, StopBy.Consumer)]
    [InlineData(During.BrokersGone, StopBy.Sigterm)]
    public async Task A_stop_ends_in_its_time(During during, StopBy by)
    {
        var stopped = await matrix.ResultAsync(during, by);

        TestContext.Current.TestOutputHelper?.WriteLine($"{during}, {by}: {stopped.Took.TotalSeconds:F1} s, exit code {stopped.ExitCode}");
        Assert.InRange(stopped.Took, TimeSpan.Zero, (by is StopBy.Consumer ? OfConsumer : Shutdown) + s_margin);
        Assert.Equal(0, stopped.ExitCode);
    }
}

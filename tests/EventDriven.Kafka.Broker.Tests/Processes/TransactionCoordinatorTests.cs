using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>A consumer with transactions whose coordinator, of its transactions or of its group, crashes or freezes while it works, on three nodes: what is visible at the end is each input once.</summary>
public sealed class TransactionCoordinatorTests(TransactionCrashTests.Cluster cluster) : IClassFixture<TransactionCrashTests.Cluster>
{
    private const int Events = 2_000;
    private const int Part = 50;

    [BrokerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_coordinator_crashes_and_comes_back(bool isOfTransactions)
    {
        var kafka = await cluster.Kafka;
        await using var run = await TransactingRun.StartAsync(kafka);
        using var worker = run.Start("--instance", "one");
        var producing = await ProduceAsync(run);
        int node = await CoordinatorAsync(kafka, run, isOfTransactions);

        await kafka.KillAsync(node);
        await producing;
        await kafka.StartNodeAsync(node, TestContext.Current.CancellationToken);

        await run.AssertOnceAsync(Events);
    }

    [BrokerTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_coordinator_freezes_until_another_has_taken_its_place(bool isOfTransactions)
    {
        var kafka = await cluster.Kafka;
        await using var run = await TransactingRun.StartAsync(kafka);
        using var worker = run.Start("--instance", "one");
        var producing = await ProduceAsync(run);
        int node = await CoordinatorAsync(kafka, run, isOfTransactions);

        kafka.Pause(node);
        while (await CoordinatorAsync(kafka, run, isOfTransactions) == node) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await producing;
        kafka.Resume(node);

        await run.AssertOnceAsync(Events);
    }

    private static Task<int> CoordinatorAsync(KafkaCluster kafka, TransactingRun run, bool isOfTransactions) =>
        isOfTransactions ? kafka.TransactionCoordinatorOfAsync(run.TransactionalId("one")) : kafka.CoordinatorOfAsync(run.Group);

    /// <summary>Goes on producing, little by little.</summary>
    /// <returns>What it still does, once the first part is committed.</returns>
    private static async Task<Task> ProduceAsync(TransactingRun run)
    {
        await run.ProduceAsync(0, Part);
        await run.UntilCommittedAsync(Part);
        return GoOnAsync();

        async Task GoOnAsync()
        {
            for (int produced = Part; produced < Events; produced += Part) await run.ProduceAsync(produced, Part);
        }
    }
}

using System.Globalization;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>
/// Consumers with transactions in processes of their own that are killed, or frozen, at each step of a transaction, on three nodes: what is visible at the end is each input once.
/// <c>EVENTDRIVEN_TRANSACTION_RUNS</c> says how often each is done; 1 unless given.
/// </summary>
public sealed class TransactionCrashTests(TransactionCrashTests.Cluster cluster) : IClassFixture<TransactionCrashTests.Cluster>
{
    private const int Events = 400;
    private const int Part = 100;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static int Runs => int.TryParse(Environment.GetEnvironmentVariable("EVENTDRIVEN_TRANSACTION_RUNS"), CultureInfo.InvariantCulture, out int runs) ? runs : 1;

    [BrokerTheory]
    [InlineData("begin:3", "Auto")]
    [InlineData("produce:150", "Auto")]
    [InlineData("offsets:2", "Auto")]
    [InlineData("commit:2", "Auto")]
    [InlineData("committed:2", "Auto")]
    [InlineData("offsets:2", "Classic")]
    [InlineData("commit:2", "Classic")]
    public async Task Killed_there_each_input_is_in_the_output_once(string halt, string protocol)
    {
        for (int time = 0; time < Runs; time++)
        {
            await using var run = await TransactingRun.StartAsync(await cluster.Kafka);
            using var killed = run.Start("--halt", halt, "--protocol", protocol);
            await ProduceUntilHaltedAsync(run, killed);
            killed.Kill();
            using var next = run.Start("--protocol", protocol);

            await run.AssertOnceAsync(Events);
        }
    }

    [BrokerTheory]
    [InlineData("produce:150")]
    [InlineData("offsets:2")]
    [InlineData("commit:2")]
    public async Task Frozen_for_longer_than_its_session_and_its_transaction_a_zombie_adds_nothing(string halt)
    {
        for (int time = 0; time < Runs; time++)
        {
            await using var run = await TransactingRun.StartAsync(await cluster.Kafka);

            // It goes on right where it stood still, once it is thawed.
            using var zombie = run.Start("--halt", halt, "--halt-ms", "3000");
            await ProduceUntilHaltedAsync(run, zombie);
            zombie.Freeze();
            using var next = run.Start();
            await run.AssertOnceAsync(Events);

            zombie.Thaw();
            await run.ProduceAsync(Events, Events);
            await run.AssertOnceAsync(2 * Events);
        }
    }

    /// <summary>What was parked is in the output once, and in the order of its key, though its retries are killed in the middle.</summary>
    [BrokerTheory]
    [InlineData("produce:150")]
    [InlineData("commit:3")]
    [InlineData("committed:3")]
    public async Task Killed_there_what_was_parked_is_in_the_output_once_and_in_its_order(string halt)
    {
        for (int time = 0; time < Runs; time++)
        {
            await using var run = await TransactingRun.StartAsync(await cluster.Kafka);
            using var killed = run.Start("--halt", halt, "--fail-every", "5");
            await ProduceUntilHaltedAsync(run, killed);
            killed.Kill();
            using var next = run.Start("--fail-every", "5");

            await run.AssertOnceWithParkedAsync(Events);
        }
    }

    [BrokerTheory]
    [InlineData("commit:3")]
    public async Task Frozen_there_a_zombie_adds_nothing_of_what_was_parked(string halt)
    {
        for (int time = 0; time < Runs; time++)
        {
            await using var run = await TransactingRun.StartAsync(await cluster.Kafka);
            using var zombie = run.Start("--halt", halt, "--halt-ms", "3000", "--fail-every", "5");
            await ProduceUntilHaltedAsync(run, zombie);
            zombie.Freeze();
            using var next = run.Start("--fail-every", "5");
            await run.AssertOnceWithParkedAsync(Events);

            zombie.Thaw();
            await run.ProduceAsync(Events, Events);
            await run.AssertOnceWithParkedAsync(2 * Events);
        }
    }

    /// <summary>Produces all events, in parts of which each is committed before the next, so that there are several transactions, however long the first takes.</summary>
    private static async Task ProduceUntilHaltedAsync(TransactingRun run, WorkerProcess worker)
    {
        var halted = worker.UntilAsync(static line => line == "halted", Cancelled);
        for (int produced = 0; produced < Events; produced += Part)
        {
            await run.ProduceAsync(produced, Part);
            await run.UntilCommittedAsync(produced + Part, or: halted);
        }

        await halted;
    }

    /// <summary>Three nodes, which look for transactions that have timed out each second.</summary>
    public sealed class Cluster : IAsyncDisposable
    {
        private readonly Lazy<Task<KafkaCluster>> _kafka = new(() => KafkaCluster.StartAsync(
            3, [new("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000")]));

        public Task<KafkaCluster> Kafka => _kafka.Value;

        public async ValueTask DisposeAsync()
        {
            if (_kafka.IsValueCreated) await (await _kafka.Value).DisposeAsync();
        }
    }
}

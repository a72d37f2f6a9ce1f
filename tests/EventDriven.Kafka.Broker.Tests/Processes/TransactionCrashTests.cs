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
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    /// <summary>How long a zombie stands still: it is frozen before, and for longer.</summary>
    private const string HaltMs = "10000";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    internal static int Runs => int.TryParse(Environment.GetEnvironmentVariable("EVENTDRIVEN_TRANSACTION_RUNS"), CultureInfo.InvariantCulture, out int runs) ? runs : 1;

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

    /// <summary>Nobody waits until the time of the transaction is over that the process has left open: ten minutes.</summary>
    [BrokerTheory]
    [InlineData("Auto")]
    [InlineData("Classic")]
    public async Task A_static_member_that_is_killed_and_comes_back_ends_what_it_has_left_open_at_once(string protocol)
    {
        for (int time = 0; time < Runs; time++)
        {
            string[] options = ["--instance", "one", "--transaction-timeout", "600000", "--protocol", protocol];
            await using var run = await TransactingRun.StartAsync(await cluster.Kafka);
            using var killed = run.Start([.. options, "--halt", "commit:2"]);
            await ProduceUntilHaltedAsync(run, killed);
            killed.Kill();
            using var next = run.Start(options);

            await run.AssertOnceAsync(Events).WaitAsync(s_patience, Cancelled);
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
            using var zombie = run.Start("--halt", halt, "--halt-ms", HaltMs);
            await ProduceUntilHaltedAsync(run, zombie);
            zombie.Freeze();
            using var next = run.Start();
            await run.AssertOnceAsync(Events);

            var refused = ThawAsync(zombie);
            await run.ProduceAsync(Events, Events);
            await refused;
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

    /// <summary>What waits in retry topics is once in each of them and in the output, though the process is killed with retry records in its transaction.</summary>
    [BrokerTheory]
    [InlineData("produce:150")]
    [InlineData("commit:3")]
    [InlineData("committed:3")]
    public async Task Killed_there_what_goes_through_retry_topics_is_in_each_and_in_the_output_once(string halt)
    {
        for (int time = 0; time < Runs; time++)
        {
            await using var run = await TransactingRun.StartAsync(await cluster.Kafka);
            using var killed = run.Start("--halt", halt, "--fail-every", "5", "--policy", "reorder");
            await ProduceUntilHaltedAsync(run, killed);
            killed.Kill();
            using var next = run.Start("--fail-every", "5", "--policy", "reorder");

            await run.AssertOnceThroughRetryTopicsAsync(Events, failEvery: 5);
        }
    }

    [BrokerTheory]
    [InlineData("commit:3")]
    public async Task Frozen_there_a_zombie_adds_nothing_of_what_was_parked(string halt)
    {
        for (int time = 0; time < Runs; time++)
        {
            await using var run = await TransactingRun.StartAsync(await cluster.Kafka);
            using var zombie = run.Start("--halt", halt, "--halt-ms", HaltMs, "--fail-every", "5");
            await ProduceUntilHaltedAsync(run, zombie);
            zombie.Freeze();
            using var next = run.Start("--fail-every", "5");
            await run.AssertOnceWithParkedAsync(Events);

            var refused = ThawAsync(zombie);
            await run.ProduceAsync(Events, Events);
            await refused;
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

            // Once it stands still, who asks for positions waits until its transaction is over.
            await Task.WhenAny(halted, run.UntilCommittedAsync(produced + Part, or: halted));
        }

        await halted;
    }

    /// <summary>
    /// Lets a zombie go on, and waits until it was refused what it went on with, by an abort (6010) or an end of its transactions (6011), and has then got partitions again (100): else it
    /// would add nothing only because it does nothing.
    /// </summary>
    private static async Task ThawAsync(WorkerProcess zombie)
    {
        while (zombie.Lines.TryRead(out _))
        {
        }

        zombie.Thaw();
        var (isRefused, isBack) = (false, false);
        while (!isRefused || !isBack)
        {
            string line = await zombie.UntilAsync(static line => line is "log 6010" or "log 6011" or "log 100", Cancelled).WaitAsync(s_patience, Cancelled);
            isRefused |= line != "log 100";
            isBack = line == "log 100" || (isBack && line == "log 6010");
        }
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

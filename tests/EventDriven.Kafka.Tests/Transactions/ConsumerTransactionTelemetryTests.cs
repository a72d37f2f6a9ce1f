using Confluent.Kafka;
using EventDriven.Kafka.Tests.Producing;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Transactions;

/// <summary>What docs/telemetry.md says of transactions, for those of a consumer: each one that was begun is counted once.</summary>
public sealed class ConsumerTransactionTelemetryTests : IDisposable
{
    private const string Owner = "eventdriven.consumer.name=enrich";
    private static readonly Error Failed = new(ErrorCode.Local_Fail, "1 message(s) failed delivery");
    private static readonly Error TimedOut = new(ErrorCode.Local_TimedOut);

    private readonly TransactionMeasurements _measured = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_committed_one_measures_how_long_it_took_and_the_events_it_finished_with_output_or_without()
    {
        await using var bench = Bench((_, call) => Takes(call == "commit" ? 2 : 0, null));
        for (int offset = 0; offset < 5; offset++) bench.Partition.Append(offset);
        bench.Partition.StartAll();

        bench.Finish(0, "a");
        bench.Finish(1);
        bench.Finish(4, "e");
        bench.Transactions.CommitSoon();
        Assert.Equal("committed 2", await bench.NextAsync());
        bench.Finish(2);
        bench.Finish(3);
        bench.Transactions.CommitSoon();
        Assert.Equal("committed 5", await bench.NextAsync());

        Assert.Equal([.. Ended("committed", 2), $"eventdriven.transaction.events 2 {Owner}", .. Ended("committed", 2), $"eventdriven.transaction.events 3 {Owner}"], _measured.All);
    }

    [Fact]
    public async Task An_aborted_one_measures_how_long_it_took_and_no_events()
    {
        await using var bench = Bench((_, call) => call switch
        {
            "commit" => Takes(2, new KafkaTxnRequiresAbortException(Failed)),
            "abort" => Takes(1, null),
            _ => null,
        });

        await CommitOneAsync(bench, "aborted 1 Local_Fail");

        Assert.Equal(Ended("aborted", 3), _measured.All);
    }

    [Fact]
    public async Task One_whose_commit_got_no_answer_has_an_unknown_outcome_once_a_new_client_has_seen_to_it_that_it_is_over()
    {
        await using var bench = Bench((client, call) => (client, call) switch
        {
            (1, "commit") => Takes(2, new KafkaException(TimedOut)),
            (2, "init") => Takes(5, null),
            _ => null,
        });

        await CommitOneAsync(bench, "aborted 1 OutcomeUnknown");

        Assert.Equal(Ended("unknown", 7), _measured.All);
    }

    [Theory]
    [InlineData("offsets orders[0]@1")]
    [InlineData("commit")]
    public async Task One_that_was_fenced_has_an_unknown_outcome(string where)
    {
        await using var bench = Bench((_, call) => call == where ? Takes(2, new KafkaException(new Error(ErrorCode.Local_Fenced, "fenced", isFatal: true))) : null);

        await CommitOneAsync(bench, "ended Local_Fenced");
        await bench.Transactions.Ended.InTime();

        Assert.Equal(Ended("unknown", 2), _measured.All);
    }

    [Fact]
    public async Task One_that_could_not_be_begun_is_none()
    {
        await using var bench = Bench(static (_, call) => call == "begin" ? new KafkaException(new Error(ErrorCode.Local_Fenced, "fenced", isFatal: true)) : null);

        await CommitOneAsync(bench, "ended Local_Fenced");
        await bench.Transactions.Ended.InTime();

        Assert.Empty(_measured.All);
    }

    [Theory]
    [InlineData(true, "aborted")]
    [InlineData(false, "unknown")]
    public async Task One_that_a_stop_finds_open_is_aborted_where_brokers_say_so(bool isAnswered, string outcome)
    {
        // On the real clock it is begun by itself; what its ends take is on it too.
        await using var bench = Bench((_, call) => call == "abort" && !isAnswered ? new KafkaException(TimedOut) : null, TimeProvider.System);
        bench.Partition.Append(0);
        bench.Partition.StartAll();
        bench.Finish(0, "a");
        await Await.Until(() => bench.Made is [{ TransactionCalls: [.., "begin"] }]);

        bench.Transactions.Stop();
        await bench.Transactions.Ended.InTime();

        AssertEnded(outcome);
    }

    [Fact]
    public async Task One_whose_commit_got_no_answer_before_a_stop_has_an_unknown_outcome_though_no_new_client_was_made()
    {
        await using var bench = Bench(static (client, call) => (client, call) is (1, "commit") or (2, "init") ? new KafkaException(TimedOut) : null);
        bench.Partition.Append(0);
        bench.Partition.StartAll();
        bench.Finish(0, "a");
        bench.Transactions.CommitSoon();
        await Await.Until(() => bench.Made is [_, { TransactionCalls: ["init"] }]);

        bench.Transactions.Stop();
        await bench.Transactions.Ended.InTime();

        AssertEnded("unknown");
    }

    public void Dispose() => _measured.Dispose();

    private static string[] Ended(string outcome, int seconds) =>
    [
        $"eventdriven.transactions 1 {Owner} eventdriven.outcome={outcome}",
        $"eventdriven.transaction.duration {seconds} {Owner} eventdriven.outcome={outcome}",
    ];

    private static async Task CommitOneAsync(ConsumerTransactionBench bench, string told)
    {
        bench.Partition.Append(0);
        bench.Partition.StartAll();
        bench.Finish(0, "a");
        bench.Transactions.CommitSoon();
        Assert.Equal(told, await bench.NextAsync());
    }

    /// <summary>One ended so, whatever time it took.</summary>
    private void AssertEnded(string outcome)
    {
        var all = _measured.All;
        Assert.Equal(2, all.Count);
        Assert.Equal(Ended(outcome, 0)[0], all[0]);
        Assert.Matches($"^eventdriven.transaction.duration [0-9.E-]+ {Owner} eventdriven.outcome={outcome}$", all[1]);
    }

    private Exception? Takes(int seconds, Exception? thrown)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return thrown;
    }

    private ConsumerTransactionBench Bench(Func<int, string, Exception?> onTransaction, TimeProvider? time = null) =>
        new(onTransaction, TransactionTelemetry.OfConsumer(_measured.Instruments, time ?? _time, "enrich"), time ?? _time);
}

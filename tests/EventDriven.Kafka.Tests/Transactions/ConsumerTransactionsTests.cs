using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Tests.Producing;
using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Tests.Transactions;

public sealed class ConsumerTransactionsTests
{
    private static readonly Error Failed = new(ErrorCode.Local_Fail, "1 message(s) failed delivery");

    [Fact]
    public async Task A_transaction_holds_the_output_of_exactly_the_events_whose_offsets_it_commits()
    {
        await using var bench = new ConsumerTransactionBench();
        for (int offset = 0; offset < 5; offset++) bench.Partition.Append(offset);
        bench.Partition.StartAll();

        bench.Finish(3, "d");
        bench.Finish(1, "b");
        bench.Finish(0, "a");
        bench.Transactions.CommitSoon();
        Assert.Equal("committed 2", await bench.NextAsync());
        Assert.Equal(["a", "b"], bench.Made[0].Values);

        // Without output it is an event all the same, and the one above the gap comes with it.
        bench.Finish(2);
        bench.Transactions.CommitSoon();
        Assert.Equal("committed 4", await bench.NextAsync());

        Assert.Equal(["a", "b", "d"], bench.Made[0].Values);
        Assert.Equal(["init", "begin", "offsets orders[0]@2", "commit", "begin", "offsets orders[0]@4", "commit"], Assert.Single(bench.Made).TransactionCalls);
    }

    [Fact]
    public async Task It_commits_by_itself_once_there_are_enough_events()
    {
        await using var bench = new ConsumerTransactionBench();
        for (int offset = 0; offset < 1_000; offset++) bench.Partition.Append(offset);
        bench.Partition.StartAll();

        for (int offset = 0; offset < 1_000; offset++) bench.Finish(offset);

        Assert.StartsWith("committed", await bench.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_takes_no_more_than_ten_times_what_makes_it_commit_and_the_rest_goes_into_the_next()
    {
        var areFinished = new ManualResetEventSlim();
        await using var bench = new ConsumerTransactionBench(
            (_, call) =>
            {
                if (call == "init") areFinished.Wait(Patience.Limit);
                return null;
            },
            commitAfter: 2);
        for (int offset = 0; offset < 50; offset++) bench.Partition.Append(offset);
        bench.Partition.StartAll();
        for (int offset = 0; offset < 50; offset++) bench.Finish(offset, "a");
        areFinished.Set();

        Assert.Equal(["committed 20", "committed 40", "committed 50"], [await bench.NextAsync(), await bench.NextAsync(), await bench.NextAsync()]);
        Assert.Equal(50, bench.Made[0].Values.Count());
    }

    [Fact]
    public async Task What_is_aborted_is_told_and_nothing_more_is_taken_from_there()
    {
        await using var bench = new ConsumerTransactionBench(static (_, call) => call.StartsWith("offsets", StringComparison.Ordinal) ? new KafkaTxnRequiresAbortException(Failed) : null);
        bench.Partition.Append(0);
        bench.Partition.Append(1);
        bench.Partition.StartAll();

        bench.Finish(0, "a");
        bench.Transactions.CommitSoon();
        Assert.Equal("aborted 1 Local_Fail", await bench.NextAsync());
        bench.Finish(1, "b");
        Assert.True(bench.Transactions.End([bench.Partition.Assignment], Patience.Limit));

        Assert.Equal(["init", "begin", "offsets orders[0]@1", "abort"], Assert.Single(bench.Made).TransactionCalls);
        Assert.Equal(["a"], bench.Made[0].Values);
    }

    [Fact]
    public async Task Where_no_answer_came_a_new_client_finds_out_before_anything_is_told()
    {
        await using var bench = new ConsumerTransactionBench(static (client, call) => client == 1 && call == "commit" ? new KafkaException(new Error(ErrorCode.Local_TimedOut)) : null);
        bench.Partition.Append(0);
        bench.Partition.StartAll();

        bench.Finish(0, "a");
        bench.Transactions.CommitSoon();

        Assert.Equal("aborted 1 OutcomeUnknown", await bench.NextAsync());
        Assert.Equal(["init", "begin", "offsets orders[0]@1", "commit"], bench.Made[0].TransactionCalls);
        Assert.Equal(["init"], bench.Made[1].TransactionCalls);
        await Await.Until(() => bench.Made[0].IsDisposed);
    }

    [Fact]
    public async Task Where_positions_may_arrive_yet_a_new_client_goes_on_by_which_they_are_refused()
    {
        await using var bench = new ConsumerTransactionBench(static (client, call) =>
            client == 1 && call.StartsWith("offsets", StringComparison.Ordinal) ? new KafkaTxnRequiresAbortException(new Error(ErrorCode.Local_TimedOut)) : null);
        bench.Partition.Append(0);
        bench.Partition.StartAll();

        bench.Finish(0, "a");
        bench.Transactions.CommitSoon();

        Assert.Equal("aborted 1 OutcomeUnknown", await bench.NextAsync());
        Assert.Equal(["init", "begin", "offsets orders[0]@1"], bench.Made[0].TransactionCalls);
        Assert.Equal(["init"], bench.Made[1].TransactionCalls);
    }

    [Theory]
    [InlineData("begin")]
    [InlineData("offsets orders[0]@1")]
    [InlineData("commit")]
    public async Task Fenced_it_ends(string where)
    {
        await using var bench = new ConsumerTransactionBench((_, call) => call == where ? new KafkaException(new Error(ErrorCode.Local_Fenced, "fenced", isFatal: true)) : null);
        bench.Partition.Append(0);
        bench.Partition.StartAll();

        bench.Finish(0, "a");
        bench.Transactions.CommitSoon();

        Assert.Equal("ended Local_Fenced", await bench.NextAsync());
        await bench.Transactions.Ended.InTime();

        // Nobody waits for what has ended.
        Assert.True(bench.Transactions.End([bench.Partition.Assignment], Patience.Limit));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Transactions.RunBetweenAsync(static () => Task.CompletedTask).InTime());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Offsets_of_a_partition_that_has_left_or_of_no_member_are_never_sent(bool isFenced)
    {
        await using var bench = new ConsumerTransactionBench();
        bench.Partition.Append(0);
        bench.Partition.StartAll();
        bench.Finish(0, "a");
        await Await.Until(() => bench.Made is [{ TransactionCalls: [.., "begin"] }]);

        if (isFenced) bench.Partition.Assignment.Fence();
        else bench.IsMember = false;
        bench.Transactions.CommitSoon();

        Assert.Equal("aborted 1 PartitionsLost", await bench.NextAsync());
        Assert.Equal(["init", "begin", "abort"], bench.Made[0].TransactionCalls);
    }

    [Fact]
    public async Task From_what_leaves_is_taken_once_more_and_then_nothing()
    {
        await using var bench = new ConsumerTransactionBench();
        bench.Partition.Append(0);
        bench.Partition.Append(1);
        bench.Partition.StartAll();
        bench.Finish(0, "a");

        Assert.True(bench.Transactions.End([bench.Partition.Assignment], Patience.Limit));
        Assert.Equal("committed 1", await bench.NextAsync());
        bench.Finish(1, "b");
        Assert.True(bench.Transactions.End([bench.Partition.Assignment], Patience.Limit));

        Assert.Equal(["a"], bench.Made[0].Values);
    }

    [Fact]
    public async Task What_is_committed_beside_transactions_is_so_while_none_is_open()
    {
        await using var bench = new ConsumerTransactionBench();
        bench.Partition.Append(0);
        bench.Partition.StartAll();
        bench.Finish(0, "a");
        await Await.Until(() => bench.Made is [{ TransactionCalls: [.., "begin"] }]);

        IReadOnlyList<string> calls = [];
        await bench.Transactions.RunBetweenAsync(() =>
        {
            calls = bench.Made[0].TransactionCalls;
            return Task.CompletedTask;
        }).InTime();

        Assert.Equal("commit", calls[^1]);
        await Assert.ThrowsAsync<RecordSourceException>(() => bench.Transactions.RunBetweenAsync(
            static () => Task.FromException(new RecordSourceException(new SourceError(SourceErrorKind.Passing, "no", "no"), new InvalidOperationException()))).InTime());
    }

    [Fact]
    public async Task A_stop_aborts_what_is_open()
    {
        await using var bench = new ConsumerTransactionBench();
        bench.Partition.Append(0);
        bench.Partition.StartAll();
        bench.Finish(0, "a");
        await Await.Until(() => bench.Made is [{ TransactionCalls: [.., "begin"] }]);

        bench.Transactions.Stop();
        await bench.Transactions.Ended.InTime();

        Assert.Equal(["init", "begin", "abort"], bench.Made[0].TransactionCalls);
    }

    [Fact]
    public async Task A_record_that_the_broker_refuses_for_good_is_refused_at_its_next_attempt()
    {
        await using var bench = new ConsumerTransactionBench(static (client, call) => call == "commit" ? new KafkaTxnRequiresAbortException(Failed) : null);
        bench.Partition.Append(0);
        bench.Partition.StartAll();
        bench.Finish(0, "too large");
        await Await.Until(() => bench.Made is [{ Records.Count: 1 }]);
        bench.Made[0].Report(ErrorCode.MsgSizeTooLarge, PersistenceStatus.NotPersisted);
        bench.Transactions.CommitSoon();
        Assert.Equal("aborted 1 Local_Fail", await bench.NextAsync());

        await Await.Until(() => bench.Outputs.RefusalOf(bench.Outputs.Open("orders", 0, 0), "totals", 9) is not null);
        var refused = Assert.Throws<EventProduceException>(() => bench.OutputOf(0, "too large"));
        Assert.Equal(ProduceFailureReason.TooLarge, refused.Reason);
        bench.OutputOf(0, "small");
        bench.OutputOf(1, "too large");

        bench.Outputs.Forget("orders", 0, 1);
        bench.OutputOf(0, "too large");
    }

    [Fact]
    public async Task It_is_tried_once_more_some_time_after_it_was_told_and_not_before_it_was()
    {
        await using var bench = new ConsumerTransactionBench();
        var refused = bench.Outputs.Open("orders", 0, 0);
        var error = new EventProduceException("No such topic.", "totals", typeof(string), ProduceFailureReason.UnknownTopicOrPartition);
        refused.NoteRefused(9, error);
        bench.Time.Advance(TimeSpan.FromHours(1));
        Assert.Same(error, Assert.Throws<EventProduceException>(() => bench.OutputOf(0, "too large")));
        bench.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Same(error, Assert.Throws<EventProduceException>(() => bench.OutputOf(0, "too large")));
        bench.Time.Advance(TimeSpan.FromSeconds(1));

        bench.OutputOf(0, "too large");

        refused.NoteRefused(9, error);
        Assert.Same(error, Assert.Throws<EventProduceException>(() => bench.OutputOf(0, "too large")));
    }

    /// <summary>While a drain waits for handlers nobody asks for a commit, and brokers abort what is open for longer than the timeout, and fence its client.</summary>
    [Fact]
    public async Task It_commits_by_itself_when_half_of_its_time_is_over()
    {
        await using var bench = new ConsumerTransactionBench(timeout: TimeSpan.FromMilliseconds(100));
        bench.Partition.Append(0);
        bench.Partition.StartAll();

        bench.Finish(0, "a");

        Assert.Equal("committed 1", await bench.NextAsync());
    }

    [Fact]
    public async Task What_leaves_while_it_waits_to_try_again_does_not_wait_for_that()
    {
        var refusals = 2;
        await using var bench = new ConsumerTransactionBench((_, call) => call == "commit" && Interlocked.Decrement(ref refusals) >= 0 ? new KafkaTxnRequiresAbortException(Failed) : null, pausesEnd: false);
        for (var time = 0; time < 3; time++)
        {
            bench.Begin();
            bench.Partition.Append(0);
            bench.Partition.StartAll();
            bench.Finish(0, "a");
            if (time == 2) break;

            bench.Transactions.CommitSoon();
            Assert.StartsWith("aborted", await bench.NextAsync(), StringComparison.Ordinal);
        }

        Assert.True(bench.Transactions.End([bench.Partition.Assignment], Patience.Limit));

        Assert.Equal("committed 1", await bench.NextAsync());
    }

    [Fact]
    public async Task What_is_refused_of_an_event_from_a_retry_topic_is_known_until_that_is_committed_wherever_its_first_partition_is()
    {
        bool isRefused = true;
        await using var bench = new ConsumerTransactionBench((_, call) => isRefused && call == "commit" ? new KafkaTxnRequiresAbortException(Failed) : null);
        bench.Partition.Append(0);
        bench.Partition.StartAll();
        bench.Finish(0, "too large", of: ("first", 7));
        await Await.Until(() => bench.Made is [{ Records.Count: 1 }]);
        bench.Made[0].Report(ErrorCode.MsgSizeTooLarge, PersistenceStatus.NotPersisted);
        bench.Transactions.CommitSoon();
        Assert.Equal("aborted 1 Local_Fail", await bench.NextAsync());
        await Await.Until(() => bench.Outputs.RefusalOf(bench.Outputs.Open("first", 0, 7), "totals", 9) is not null);

        bench.Outputs.Forget("first", 0, 8);
        Assert.Throws<EventProduceException>(() => bench.OutputOf(7, "too large", "first"));

        isRefused = false;
        bench.Begin();
        bench.Partition.Append(0);
        bench.Partition.StartAll();
        bench.Finish(0, "small", of: ("first", 7));
        bench.Transactions.CommitSoon();
        Assert.Equal("committed 1", await bench.NextAsync());
        await Await.Until(() => bench.Outputs.RefusalOf(bench.Outputs.Open("first", 0, 7), "totals", 9) is null);
    }

    [Theory]
    [InlineData("init")]
    [InlineData("begin")]
    [InlineData("commit")]
    public async Task What_nobody_foresaw_ends_the_client_and_leaves_nobody_waiting(string where)
    {
        await using var bench = new ConsumerTransactionBench((_, call) => call == where ? new InvalidTimeZoneException("a defect") : null);
        bench.Partition.Append(0);
        bench.Partition.StartAll();
        bench.Finish(0, "a");
        bench.Transactions.CommitSoon();

        Assert.Equal("ended InvalidTimeZoneException", await bench.NextAsync());
        await bench.Transactions.Ended.InTime();

        Assert.True(bench.Transactions.End([bench.Partition.Assignment], Patience.Limit));
        await Await.Until(() => bench.Made[0].IsDisposed);
    }
}

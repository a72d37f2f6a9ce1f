using Confluent.Kafka;
using EventDriven.Kafka.Tests.Producing;

namespace EventDriven.Kafka.Tests.Transactions;

public sealed class TransactionalProducerTests
{
    private static readonly Error Failed = new(ErrorCode.Local_Fail, "1 message(s) failed delivery");
    private static readonly Error Fenced = new(ErrorCode.Local_Fenced, "fenced", isFatal: true);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_several_producers_produce_in_it_is_one_transaction_and_the_client_is_made_once()
    {
        await using var bench = new TransactionBench();

        await bench.Producer.InTransactionAsync(
            async _ =>
            {
                await bench.Orders.EnqueueAsync("o-1", null);
                await ProduceDeeperAsync();
            },
            Cancelled).InTime();
        await bench.Producer.InTransactionAsync(
            transaction =>
            {
                _ = bench.Orders.ProduceAsync("o-2");
                return Task.CompletedTask;
            },
            Cancelled).InTime();

        var made = Assert.Single(bench.Made);
        Assert.Equal(["init", "begin", "commit", "begin", "commit"], made.TransactionCalls);
        Assert.Equal([("orders", "o-1"), ("totals", "t-1"), ("orders", "o-2")], made.Records.Select(static record => (record.Destination.Topic, record.Value)));
        Assert.Empty(bench.Shared.Records);

        async Task ProduceDeeperAsync()
        {
            await Task.Yield();
            await bench.Totals.EnqueueAsync("t-1", null);
        }
    }

    [Fact]
    public async Task Outside_of_it_and_before_and_after_it_events_go_their_usual_way()
    {
        await using var bench = new TransactionBench();
        await bench.Orders.EnqueueAsync("before", null);

        await bench.Producer.InTransactionAsync(async _ => await bench.Orders.OutsideTransaction().EnqueueAsync("outside", null), Cancelled).InTime();
        await bench.Orders.EnqueueAsync("after", null);

        Assert.Equal(["before", "outside", "after"], bench.Shared.Values);
        Assert.Empty(bench.Made[0].Records);
    }

    [Fact]
    public async Task What_its_code_throws_is_thrown_once_it_is_rolled_back()
    {
        await using var bench = new TransactionBench();

        var thrown = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => bench.Producer.InTransactionAsync(
            async _ =>
            {
                await bench.Orders.EnqueueAsync("o-1", null);
                throw new InvalidTimeZoneException("mine");
            },
            Cancelled).InTime());
        await bench.Producer.InTransactionAsync(static _ => Task.CompletedTask, Cancelled).InTime();

        Assert.Equal("mine", thrown.Message);
        Assert.Equal(["init", "begin", "abort", "begin", "commit"], Assert.Single(bench.Made).TransactionCalls);
    }

    [Fact]
    public async Task An_event_that_could_not_be_made_and_that_nobody_awaited_rolls_it_back()
    {
        await using var bench = new TransactionBench();
        var broken = bench.Create("orders", serializer: new FailingSerializer());

        await Assert.ThrowsAnyAsync<Exception>(() => bench.Producer.InTransactionAsync(
            transaction =>
            {
                _ = broken.ProduceAsync("o-1").ContinueWith(static task => task.Exception, TaskScheduler.Default);
                return Task.CompletedTask;
            },
            Cancelled).InTime());

        Assert.Equal(["init", "begin", "abort"], bench.Made[0].TransactionCalls);
    }

    [Fact]
    public async Task It_is_rolled_back_where_the_client_says_that_it_must()
    {
        await using var bench = new TransactionBench { OnTransaction = static (_, call) => call == "commit" ? new KafkaTxnRequiresAbortException(Failed) : null };

        var error = await Assert.ThrowsAsync<EventTransactionException>(() => bench.Producer.InTransactionAsync(async _ => await bench.Orders.EnqueueAsync("o-1", null), Cancelled).InTime());

        Assert.Equal((TransactionOutcome.RolledBack, false, "payments"), (error.Outcome, error.IsFenced, error.Producer));
        Assert.Contains("1 message(s) failed delivery", error.Message, StringComparison.Ordinal);
        Assert.Equal(["init", "begin", "commit", "abort"], Assert.Single(bench.Made).TransactionCalls);
    }

    [Fact]
    public async Task A_call_that_may_be_made_again_is_made_again()
    {
        var left = 2;
        await using var bench = new TransactionBench
        {
            OnTransaction = (_, call) => call == "commit" && left-- > 0 ? new KafkaRetriableException(new Error(ErrorCode.ConcurrentTransactions)) : null,
        };

        await bench.Producer.InTransactionAsync(static _ => Task.CompletedTask, Cancelled).InTime();

        Assert.Equal(["init", "begin", "commit", "commit", "commit"], bench.Made[0].TransactionCalls);
    }

    [Fact]
    public async Task Fenced_at_its_commit_nobody_knows_how_it_has_ended_and_the_next_one_has_a_new_client()
    {
        await using var bench = new TransactionBench { OnTransaction = static (client, call) => client == 1 && call == "commit" ? new KafkaException(Fenced) : null };

        var error = await Assert.ThrowsAsync<EventTransactionException>(() => bench.Producer.InTransactionAsync(static _ => Task.CompletedTask, Cancelled).InTime());
        await bench.Producer.InTransactionAsync(static _ => Task.CompletedTask, Cancelled).InTime();

        Assert.Equal((TransactionOutcome.Unknown, true), (error.Outcome, error.IsFenced));
        Assert.Equal(2, bench.Made.Count);
        Assert.Equal(["init", "begin", "commit"], bench.Made[1].TransactionCalls);
        await Await.Until(() => bench.Made[0].IsDisposed);
    }

    [Fact]
    public async Task A_client_that_cannot_be_made_ready_is_told_and_nothing_was_begun()
    {
        await using var bench = new TransactionBench
        {
            OnTransaction = static (client, call) => client == 1 && call == "init" ? new KafkaException(new Error(ErrorCode.TransactionalIdAuthorizationFailed, "no", isFatal: true)) : null,
        };

        var ran = false;
        var error = await Assert.ThrowsAsync<EventTransactionException>(() => bench.Producer.InTransactionAsync(
            _ =>
            {
                ran = true;
                return Task.CompletedTask;
            },
            Cancelled).InTime());
        await bench.Producer.InTransactionAsync(static _ => Task.CompletedTask, Cancelled).InTime();

        Assert.False(ran);
        Assert.Equal(TransactionOutcome.RolledBack, error.Outcome);
        Assert.Contains("--transactional-id", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, bench.Made.Count);
    }

    [Fact]
    public async Task What_outlives_it_is_refused()
    {
        await using var bench = new TransactionBench();
        var go = new TaskCompletionSource();
        Task late = null!;

        await bench.Producer.InTransactionAsync(
            _ =>
            {
                late = ProduceLaterAsync();
                return Task.CompletedTask;
            },
            Cancelled).InTime();
        go.SetResult();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => late.InTime());
        Assert.Contains("takes no more events", error.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Made[0].Records);
        Assert.Empty(bench.Shared.Records);

        async Task ProduceLaterAsync()
        {
            await go.Task;
            await bench.Orders.ProduceAsync("late");
        }
    }

    [Fact]
    public async Task One_within_another_and_an_event_for_another_cluster_are_refused()
    {
        await using var bench = new TransactionBench();
        var elsewhere = bench.Create("orders", cluster: "Audit");

        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Producer.InTransactionAsync(
            _ => bench.Producer.InTransactionAsync(static _ => Task.CompletedTask, Cancelled), Cancelled).InTime());
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Producer.InTransactionAsync(_ => elsewhere.ProduceAsync("o-1"), Cancelled).InTime());

        Assert.Contains("no transaction spans both", error.Message, StringComparison.Ordinal);
        Assert.Equal(["init", "begin", "abort", "begin", "abort"], bench.Made[0].TransactionCalls);
    }

    [Fact]
    public async Task A_stop_waits_for_the_one_that_runs_and_lets_no_other_begin()
    {
        await using var bench = new TransactionBench();
        var go = new TaskCompletionSource();
        var running = await InsideAsync(bench, go.Task);

        var stop = bench.Producer.StopAsync(Cancelled).AsTask();
        Assert.False(stop.IsCompleted);
        go.SetResult();
        await running.InTime();
        await stop.InTime();

        Assert.Equal(["init", "begin", "commit"], bench.Made[0].TransactionCalls);
        Assert.True(bench.Made[0].IsDisposed);
        await Assert.ThrowsAsync<EventTransactionException>(() => bench.Producer.InTransactionAsync(static _ => Task.CompletedTask, Cancelled).InTime());
    }

    [Fact]
    public async Task One_that_still_runs_when_the_time_to_stop_is_over_is_rolled_back_and_told_so()
    {
        await using var bench = new TransactionBench();
        var go = new TaskCompletionSource();
        var running = await InsideAsync(bench, go.Task);

        await bench.Producer.StopAsync(new CancellationToken(canceled: true));
        go.SetResult();

        var error = await Assert.ThrowsAsync<EventTransactionException>(() => running.InTime());
        Assert.Equal(TransactionOutcome.RolledBack, error.Outcome);
        Assert.DoesNotContain("commit", bench.Made[0].TransactionCalls);
    }

    /// <summary>A transaction that is in its code, until that may go on.</summary>
    private static async Task<Task> InsideAsync(TransactionBench bench, Task go)
    {
        var inside = new TaskCompletionSource();
        var running = bench.Producer.InTransactionAsync(
            _ =>
            {
                inside.SetResult();
                return go;
            },
            Cancelled);
        await inside.Task.InTime();
        return running;
    }

    private sealed class FailingSerializer : IEventSerializer<string>
    {
        public string? ContentType => null;

        public ValueTask<byte[]> SerializeAsync(string value, EventSerializationContext context, CancellationToken cancellationToken) => throw new InvalidTimeZoneException("no bytes");

        public ValueTask<string> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}

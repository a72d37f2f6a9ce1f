using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Tests.Producing;
using EventDriven.Kafka.Tests.Transactions;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Consuming;

/// <summary>
/// While a client asks where a partition begins it must not be paused, resumed or sought: it would ask again, and go to the beginning from wherever it was sought to in between.
/// </summary>
public sealed class ArrivalTests : IDisposable
{
    private static readonly PartitionId First = new("orders", 0);

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedSource _source = new();
    private readonly ReadyLanes _ready = new();
    private ConsumerLoop _loop;
    private ConsumerTransactions? _transactions;

    public ArrivalTests() => _loop = Start(StartPosition.Earliest);

    [Fact]
    public void A_partition_that_begins_elsewhere_is_sought_only_once_the_client_reads_it()
    {
        _loop = Start(StartPosition.Latest);
        _source.Starts[First] = 7;
        _source.Assign(First);
        Step(3);

        Assert.Equal(7, Assert.Single(_source.Commits).Value.Offset);
        Assert.Empty(_source.Paused);
        Assert.Empty(_source.Seeks);

        _source.Add(First, 0);
        _source.Add(First, 1);
        Step(1);

        Assert.Equal([(First, 7)], _source.Seeks);
        Assert.Empty(_source.Paused);
        Assert.Equal(-1, Assert.Single(_loop.GetSnapshots()).LastReceived);

        _source.Add(First, 7);
        Step(1);
        _ready.Handle(1);

        Assert.Equal(8, Assert.Single(_loop.GetSnapshots()).Position);
    }

    [Fact]
    public void The_end_of_a_partition_shows_that_the_client_reads_it()
    {
        _loop = Start(StartPosition.Latest);
        _source.Starts[First] = 7;
        _source.Assign(First);
        Step(3);

        ((IRecordListener)_loop).OnEndOfPartition(First, 7);
        Step(1);

        Assert.Equal([(First, 7)], _source.Seeks);
    }

    [Fact]
    public void What_comes_before_it_is_known_where_to_begin_is_read_again_from_there()
    {
        _source.Committed[First] = new(5, -1);
        _loop = Start(StartPosition.Latest);
        _source.Assign(First);
        _source.Add(First, 5);
        _source.Add(First, 6);

        Step(2);

        Assert.Equal([(First, 5)], _source.Seeks);
        Assert.Empty(_source.Paused);
    }

    [Fact]
    public void Where_a_partition_begins_is_asked_again_until_it_has_left()
    {
        var second = First with { Partition = 1 };
        _source.LookUpFails = new(SourceErrorKind.Passing, "NotCoordinator", "It has moved.");
        _source.Assign(First, second);
        Step(1);
        ((IRecordListener)_loop).OnRevoked([First]);
        _time.Advance(TimeSpan.FromSeconds(1));
        ((IRecordListener)_loop).OnRevoked([second]);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([[First, second], [second]], _source.LookedUp);
    }

    [Fact]
    public void What_the_client_never_begins_is_begun_anew_after_ten_seconds_and_then_ever_more_rarely()
    {
        _source.Assign(First);
        List<int> after = [];
        for (var second = 1; second <= 2_000; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Step(1);
            if (_source.BegunAgain.Count > after.Count)
            {
                after.Add(second);
            }
        }

        Assert.All(_source.BegunAgain, static begun => Assert.Equal([First], begun));
        Assert.Equal([10, 30, 70, 150, 310, 610, 910], after[..7], static (expected, actual) => Math.Abs(expected - actual) <= 7);
    }

    [Fact]
    public void Where_an_assignment_only_changes_as_a_whole_another_client_begins_it_after_five_minutes()
    {
        _source.CanBeginAgain = false;
        _source.Assign(First);
        Step(1);

        _time.Advance(TimeSpan.FromMinutes(4.9));
        Step(1);
        Assert.Null(_loop.End);

        _time.Advance(TimeSpan.FromMinutes(0.2));
        Step(1);
        var end = Assert.IsType<ConsumerEnd>(_loop.End);
        Assert.Equal((ConsumerEndReason.FatalError, true), (end.Reason, end.KeepsPlace));
        Assert.Contains("orders[0]", end.Message, StringComparison.Ordinal);
        Assert.Empty(_source.BegunAgain);
    }

    [Fact]
    public void Nothing_is_begun_anew_by_a_consumer_that_stops()
    {
        _source.Assign(First);
        Step(1);
        _loop.RequestStop(TimeSpan.FromMinutes(10));

        _time.Advance(TimeSpan.FromMinutes(1));
        Step(2);

        Assert.Empty(_source.BegunAgain);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_transactions_a_client_that_begins_below_the_committed_position_is_told_that_and_not_followed(bool isKnownBefore)
    {
        await StartBelowAsync(isKnownBefore);

        Assert.Equal([(First, new Position(5, 3))], _source.BegunAt);
        Assert.Empty(_source.Seeks);
        Assert.Empty(_source.Paused);
        Assert.Equal(-1, Assert.Single(_loop.GetSnapshots()).LastReceived);

        _source.Add(First, 5);
        Step(1);
        _ready.Handle(1);

        Assert.Equal(6, Assert.Single(_loop.GetSnapshots()).Position);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_it_begins_below_again_the_log_has_gone_back_and_it_is_followed(bool isKnownBefore)
    {
        await StartBelowAsync(isKnownBefore);
        _source.Add(First, 0);

        Step(1);

        Assert.Single(_source.BegunAt);
        Assert.Equal(0, Assert.Single(_loop.GetSnapshots()).Position);
    }

    [Fact]
    public async Task Where_the_client_does_not_take_that_another_one_begins()
    {
        _source.RefusesToBegin = true;

        await StartBelowAsync(isKnownBefore: false);

        Assert.Equal(ConsumerEndReason.FatalError, _loop.End?.Reason);
        Assert.Equal(-1, Assert.Single(_loop.GetSnapshots()).LastReceived);
    }

    [Fact]
    public async Task With_transactions_a_client_that_goes_back_later_is_told_what_is_committed_by_then_each_time()
    {
        _source.Committed[First] = new(5, 3);
        _loop = Start(StartPosition.Earliest, withTransactions: true);
        _source.Assign(First);
        await UntilKnownAsync();
        for (var time = 1; time <= 2; time++)
        {
            _source.Add(First, 4 + time);
            _source.Add(First, 5 + time);
            Step(1);
            _source.Committed[First] = new(5 + time, 3);

            _source.Add(First, 0);
            _source.Add(First, 1);
            await UntilToldAsync(time);

            Assert.Equal((First, new Position(5 + time, 3)), _source.BegunAt[^1]);
            Assert.Empty(_source.Seeks);
            Assert.Empty(_source.Commits);
            Assert.Equal((-1, 5 + time), (Assert.Single(_loop.GetSnapshots()).LastReceived, _loop.GetSnapshots()[0].Position));
        }
    }

    [Fact]
    public async Task Where_it_comes_from_below_again_after_that_the_log_has_gone_back_and_it_is_followed()
    {
        _source.Committed[First] = new(5, 3);
        _loop = Start(StartPosition.Earliest, withTransactions: true);
        _source.Assign(First);
        await UntilKnownAsync();
        _source.Add(First, 5);
        _source.Add(First, 2);
        await UntilToldAsync(1);
        _source.Add(First, 2);
        Step(1);

        Assert.Single(_source.BegunAt);
        Assert.Equal(2, Assert.Single(_loop.GetSnapshots()).Position);
    }

    [Fact]
    public async Task A_partition_that_was_lost_and_comes_back_begins_where_the_transaction_has_committed_that_went_on_meanwhile()
    {
        using var sending = new ManualResetEventSlim();
        using var send = new ManualResetEventSlim();
        _source.Committed[First] = new(5, 3);
        _loop = Start(StartPosition.Earliest, withTransactions: true, call =>
        {
            if (!call.StartsWith("offsets", StringComparison.Ordinal)) return;

            sending.Set();
            send.Wait();
        });
        _source.Assign(First);
        await UntilKnownAsync();
        _source.Add(First, 5);
        Step(1);
        _ready.Handle(1);
        _transactions!.CommitSoon();
        Assert.True(sending.Wait(Patience.Limit, TestContext.Current.CancellationToken));

        // Its coordinator has thrown it out, and the next one takes it back: the same member, in the same generation.
        ((IRecordListener)_loop).OnLost([First]);
        _source.Assign(First);
        _source.Add(First, 5);
        Step(5);
        _source.Committed[First] = new(6, 3);
        send.Set();
        await UntilToldAsync(1);

        Assert.Equal([(First, new Position(6, 3))], _source.BegunAt);
        Assert.Equal((-1, 6), (Assert.Single(_loop.GetSnapshots()).LastReceived, _loop.GetSnapshots()[0].Position));
    }

    [Fact]
    public void What_has_arrived_is_not()
    {
        _source.Assign(First);
        Step(1);
        ((IRecordListener)_loop).OnEndOfPartition(First, 0);

        _time.Advance(TimeSpan.FromMinutes(1));
        Step(2);

        Assert.Empty(_source.BegunAgain);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_user_has_paused_is_paused_once_something_comes_which_is_read_after_the_resume(bool isPausedBefore)
    {
        if (isPausedBefore)
        {
            _loop.SetPaused(true);
        }

        _source.Assign(First);
        Step(3);
        _loop.SetPaused(true);
        Assert.Empty(_source.Paused);

        _source.Add(First, 3);
        _source.Add(First, 4);
        Step(1);

        Assert.Equal([First], _source.Paused);
        Assert.Equal([(First, 3)], _source.Seeks);
        Assert.Equal(-1, Assert.Single(_loop.GetSnapshots()).LastReceived);

        _loop.SetPaused(false);
        _source.Add(First, 3);
        Step(1);
        _ready.Handle(1);

        Assert.Empty(_source.Paused);
        Assert.Equal(4, Assert.Single(_loop.GetSnapshots()).Position);
    }

    [Fact]
    public void A_resume_before_anything_comes_has_all_of_it_taken()
    {
        _loop.SetPaused(true);
        _source.Assign(First);
        Step(1);
        _loop.SetPaused(false);
        _source.Add(First, 3);

        Step(1);
        _ready.Handle(1);

        Assert.Empty(_source.Seeks);
        Assert.Equal(4, Assert.Single(_loop.GetSnapshots()).Position);
    }

    [Fact]
    public void A_partition_that_comes_again_is_left_alone_again()
    {
        _source.Assign(First);
        _source.Add(First, 0);
        Step(1);
        ((IRecordListener)_loop).OnRevoked([First]);
        _loop.SetPaused(true);
        _source.Assign(First);

        Step(3);
        Assert.Empty(_source.Paused);

        _source.Add(First, 1);
        Step(1);
        Assert.Equal([First], _source.Paused);
    }

    public void Dispose()
    {
        _transactions?.Stop();
        _loop.Dispose();
    }

    private void Step(int times)
    {
        for (; times > 0; times--)
        {
            _loop.Step();
        }
    }

    private Task UntilToldAsync(int times) => Await.Until(() =>
    {
        Step(1);
        return _source.BegunAt.Count == times;
    });

    private Task UntilKnownAsync() => Await.Until(() =>
    {
        Step(1);
        return _loop.GetSnapshots() is [{ Pauses: PauseReasons.None }];
    });

    /// <summary>A consumer with transactions whose group has committed offset 5, and whose client hands over the records 0 and 1.</summary>
    private async Task StartBelowAsync(bool isKnownBefore)
    {
        _source.Committed[First] = new(5, 3);
        _loop = Start(StartPosition.Earliest, withTransactions: true);
        _source.Assign(First);
        if (isKnownBefore)
        {
            await UntilKnownAsync();
        }

        _source.Add(First, 0);
        _source.Add(First, 1);
        await UntilToldAsync(1);
    }

    private ConsumerLoop Start(StartPosition startAt, bool withTransactions = false, Action<string>? onTransaction = null)
    {
        _loop?.Dispose();
        var settings = new ConsumerSettings
        {
            Name = "orders",
            Cluster = "Kafka",
            Options = new EventConsumerOptions { Topics = ["orders"], Group = "group", StartAt = startAt },
            CreateClientConfig = () => throw new NotSupportedException(),
        };
        var loop = new ConsumerLoop(settings, _source, _ready, new DrainSignal(_time), new LingeringAssignments(), _time, NullLogger.Instance);
        if (withTransactions)
        {
            _transactions = new ConsumerTransactions(
                "orders",
                new ConsumerOutputs(TransactionBench.Settings, _time),
                commitAfter: 1_000,
                () => new TransactionalClient(TransactionBench.Settings, (_, _, _) => NewProducer(onTransaction), NullLogger.Instance, TimeProvider.System),
                new Group(),
                loop,
                null,
                TimeProvider.System,
                NullLogger.Instance);
            loop.Use(_transactions);
            _transactions.Start();
        }

        loop.Start();
        return loop;
    }

    private static FakeProducer NewProducer(Action<string>? onTransaction) => new(1_000)
    {
        OnTransaction = call =>
        {
            onTransaction?.Invoke(call);
            return null;
        },
    };

    private sealed class Group : ITransactionalGroup
    {
        public IConsumerGroupMetadata? GetGroupMetadata() => new Metadata();
    }

    private sealed class Metadata : IConsumerGroupMetadata;
}

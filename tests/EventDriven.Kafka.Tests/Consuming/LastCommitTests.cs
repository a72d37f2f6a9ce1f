using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Consuming;

/// <summary>A stop in the middle of a rebalance of the classic protocol: the last commits are accepted before the client is closed (I5).</summary>
public sealed class LastCommitTests : IDisposable
{
    private static readonly PartitionId First = new("orders", 0);
    private static readonly PartitionId Second = new("orders", 1);
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(10);
    private static readonly SourceError Refusal = new(SourceErrorKind.Passing, "IllegalGeneration", "Specified group generation id is not valid");

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedSource _source = new() { RefusesCommitsInRebalance = true };
    private readonly ReadyLanes _ready = new();
    private readonly ConsumerLoop _loop;

    public LastCommitTests()
    {
        var settings = new ConsumerSettings
        {
            Name = "orders",
            Cluster = "Kafka",
            Options = new EventConsumerOptions { Topics = ["orders"], Group = "group", CommitInterval = TimeSpan.FromMinutes(10) },
            CreateClientConfig = () => throw new NotSupportedException(),
        };
        _loop = new ConsumerLoop(settings, _source, _ready, new DrainSignal(_time), new LingeringAssignments(), _time, NullLogger.Instance);
        _loop.Start();
    }

    [Fact]
    public void A_stop_waits_until_the_broker_has_accepted_what_was_handled()
    {
        HandleOne(First);
        _loop.RequestStop(Drain);
        _loop.Step();

        Assert.False(_loop.IsStopComplete);
        Assert.Equal(1, _source.Stored[First].Offset);

        Answer(First, 1, Refusal);
        Assert.False(_loop.IsStopComplete);

        Answer(First, 1);
        Assert.True(_loop.IsStopComplete);
    }

    [Fact]
    public void It_waits_no_longer_than_its_time()
    {
        HandleOne(First);
        _loop.RequestStop(Drain);
        _loop.Step();

        _time.Advance(Drain);

        Assert.True(_loop.IsStopComplete);
    }

    [Fact]
    public void What_ends_during_the_drain_is_stored_at_once_and_waited_for()
    {
        _source.Assign(First);
        _source.Add(First, 0);
        _source.Add(First, 1);
        _loop.Step();
        var lane = _ready.Begin();
        _loop.RequestStop(Drain);
        _loop.Step();
        Answer(First, 0);
        Assert.False(_loop.IsStopComplete);

        _ready.End(lane);
        _loop.Step();

        Assert.False(_loop.IsStopComplete);
        Answer(First, _source.Stored[First].Offset);
        Assert.True(_loop.IsStopComplete);
    }

    [Fact]
    public void A_partition_that_is_given_up_meanwhile_is_not_waited_for()
    {
        HandleOne(First);
        HandleOne(Second);
        _loop.RequestStop(Drain);
        _loop.Step();
        Answer(Second, 1);
        Assert.False(_loop.IsStopComplete);

        ((IRecordListener)_loop).OnRevoked([First]);

        Assert.True(_loop.IsStopComplete);
        Assert.Equal(1, _source.Stored[First].Offset);
    }

    [Fact]
    public void What_the_group_had_committed_before_is_not_waited_for()
    {
        _source.Committed[First] = new Position(7, -1);
        _source.Assign(First);
        _loop.Step();
        _loop.Step();
        _loop.RequestStop(Drain);
        _loop.Step();

        Assert.True(_loop.IsStopComplete);
    }

    [Fact]
    public void Where_a_commit_at_the_close_is_accepted_nothing_is_waited_for()
    {
        _source.RefusesCommitsInRebalance = false;
        HandleOne(First);
        _loop.RequestStop(Drain);
        _loop.Step();

        Assert.True(_loop.IsStopComplete);
    }

    [Fact]
    public void A_member_that_joins_is_taken_in_before_it_leaves_so_that_it_can_say_so()
    {
        _source.IsJoining = true;
        _loop.RequestStop(Drain);
        _loop.Step();
        Assert.False(_loop.IsStopComplete);

        _source.IsJoining = false;
        _source.Assign(First);
        _loop.Step();

        Assert.True(_loop.IsStopComplete);
    }

    [Fact]
    public void A_group_that_takes_nobody_in_holds_a_stop_no_longer_than_its_time()
    {
        _source.IsJoining = true;
        _loop.RequestStop(Drain);
        _loop.Step();

        _time.Advance(Drain);

        Assert.True(_loop.IsStopComplete);
    }

    public void Dispose() => _loop.Dispose();

    private void HandleOne(PartitionId partition)
    {
        _source.Assign(partition);
        _source.Add(partition, 0);
        _loop.Step();
        _ready.Handle(1);
    }

    private void Answer(PartitionId partition, long offset, SourceError? error = null) => ((IRecordListener)_loop).OnCommitted(partition, new Position(offset, -1), error);
}

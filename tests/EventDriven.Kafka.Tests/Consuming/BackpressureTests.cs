using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Consuming;

/// <summary>What the poll thread does about partitions that hold as much as they may; nothing is handled unless a test does it.</summary>
public sealed class BackpressureTests : IDisposable
{
    private static readonly PartitionId First = new("orders", 0);
    private static readonly PartitionId Second = new("orders", 1);

    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedSource _source = new();
    private readonly ReadyLanes _ready = new();
    private ConsumerLoop _loop;

    public BackpressureTests() => _loop = Start(maxRecords: 16);

    [Fact]
    public void A_full_partition_is_paused_at_once_while_others_are_read()
    {
        _source.Assign(First, Second);
        Add(First, 8);
        Add(Second, 4);

        _loop.Step();

        Assert.Equal([First], _source.Paused);
        Assert.Equal(0, _source.Left);
    }

    [Fact]
    public void Where_no_partition_has_room_nothing_is_taken_and_no_prefetch_dropped()
    {
        _source.Assign(First);
        Add(First, 100);

        _loop.Step();
        _loop.Step();
        _loop.Step();

        Assert.Empty(_source.Paused);
        Assert.Equal(100 - 16, _source.Left);
        Assert.Equal(2, _source.Idles);
    }

    [Fact]
    public void Once_handlers_have_made_room_reading_goes_on_up_to_the_limit()
    {
        _source.Assign(First);
        Add(First, 100);
        _loop.Step();

        _ready.Handle(5);
        _loop.Step();

        Assert.Empty(_source.Paused);
        Assert.Equal(100 - 16 - 5, _source.Left);
    }

    [Fact]
    public void Handlers_that_make_no_room_for_a_while_have_the_partition_paused_until_half_is_handled()
    {
        _source.Assign(First);
        Add(First, 100);
        _loop.Step();

        _time.Advance(TimeSpan.FromMilliseconds(250));
        _loop.Step();
        Assert.Equal([First], _source.Paused);

        _ready.Handle(7);
        _loop.Step();
        Assert.Equal([First], _source.Paused);

        _ready.Handle(1);
        _loop.Step();
        Assert.Empty(_source.Paused);
    }

    [Fact]
    public void A_full_partition_that_the_user_paused_stays_paused_when_he_resumes_it()
    {
        _source.Assign(First);
        Add(First, 100);
        _loop.Step();

        _loop.SetPaused(true);
        _loop.Step();
        _loop.SetPaused(false);
        _loop.Step();

        Assert.Equal([First], _source.Paused);
        Assert.Equal(100 - 16, _source.Left);
    }

    [Fact]
    public void A_full_partition_beside_others_is_waited_for_while_its_handlers_make_headway()
    {
        Hold(2_048);
        for (var turn = 0; turn < 4; turn++)
        {
            _ready.Handle(16);
            _time.Advance(TimeSpan.FromMilliseconds(2));
            _loop.Step();
        }

        Assert.Empty(_source.Paused);
        Assert.Equal(4, _source.Idles);

        // With an eighth of its room free again it is read on.
        _ready.Handle(64);
        _loop.Step();
        Assert.Equal(4, _source.Idles);
    }

    [Fact]
    public void A_full_partition_beside_others_is_paused_when_its_handlers_make_too_little_headway()
    {
        Hold(2_048);
        _loop.Step();
        Assert.Empty(_source.Paused);

        _ready.Handle(15);
        _loop.Step();
        Assert.Equal([First], _source.Paused);
    }

    [Fact]
    public void A_full_partition_beside_others_is_paused_after_a_while_even_if_its_handlers_make_headway()
    {
        Hold(2_048);
        _loop.Step();

        _ready.Handle(16);
        _time.Advance(TimeSpan.FromMilliseconds(20));
        _loop.Step();

        Assert.Equal([First], _source.Paused);
    }

    [Fact]
    public void No_more_is_asked_for_than_the_fullest_partition_has_room_for()
    {
        _source.TakesMany = true;
        _source.Assign(First, Second);
        Add(First, 5);
        Add(Second, 2);
        _loop.Step();

        Add(First, 100, from: 5);
        _loop.Step();
        Assert.Equal(3, _source.Asked[^1]);
        Assert.Equal([First], _source.Paused);

        // Now the other one, which holds 2 of 8, is the fullest that is read.
        _loop.Step();
        Assert.Equal(6, _source.Asked[^1]);
    }

    [Fact]
    public void A_nearly_full_partition_that_is_not_handled_does_not_make_batches_small_for_long()
    {
        _loop.Dispose();
        _loop = Start(maxRecords: 2_048);
        _source.Assign(First, Second);
        Add(First, 1_010);
        for (var step = 0; step < 7; step++)
        {
            _loop.Step();
        }

        Assert.Equal([First], _source.Paused);
        Assert.Equal([14, 256], _source.Asked[^2..]);
    }

    [Fact]
    public void Large_records_are_asked_for_as_far_as_there_is_room_for_their_bytes()
    {
        _loop.Dispose();
        _loop = Start(maxRecords: 10_000, maxBytes: 10_000_000);
        _source.TakesMany = true;
        _source.Assign(First);
        _loop.Step();
        _source.Add(First, 0, bytes: 100_000 - ConsumedRecord.Overhead);
        _loop.Step();

        // Before one was seen, each is taken for as large as brokers let it be: had the client ten of a megabyte, no more of them are held than fit.
        Assert.Equal(9, _source.Asked[^1]);

        _loop.Step();
        Assert.Equal(99, _source.Asked[^1]);
    }

    public void Dispose() => _loop.Dispose();

    private ConsumerLoop Start(int maxRecords, long maxBytes = 64 * 1024 * 1024)
    {
        var options = new EventConsumerOptions
        {
            Group = "inventory", Topics = ["orders"], Ordering = OrderingMode.None, MaxBufferedRecords = maxRecords, MaxBufferedBytes = maxBytes,
        };
        var settings = new ConsumerSettings { Name = "inventory", Cluster = "Kafka", Options = options, CreateClientConfig = () => throw new NotSupportedException() };
        var loop = new ConsumerLoop(settings, _source, _ready, new DrainSignal(_time), new LingeringAssignments(), _time, NullLogger.Instance);
        loop.Start();
        return loop;
    }

    /// <summary>Two partitions, of which the first is full.</summary>
    private void Hold(int maxRecords)
    {
        _loop.Dispose();
        _loop = Start(maxRecords);
        _source.Assign(First, Second);
        Add(First, (maxRecords / 2) + 100);
        while (_source.Left > 100)
        {
            _loop.Step();
        }

        Assert.Empty(_source.Paused);
    }

    private void Add(PartitionId partition, int count, int from = 0)
    {
        for (var offset = from; offset < from + count; offset++)
        {
            _source.Add(partition, offset);
        }
    }
}

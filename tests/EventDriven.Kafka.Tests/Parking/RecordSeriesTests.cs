using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Tests.Hosting;
using EventDriven.Kafka.Tests.Producing;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>Records that are to stand in one partition in their order.</summary>
public sealed class RecordSeriesTests
{
    private static readonly Error Fatal = new(ErrorCode.OutOfOrderSequenceNumber, "out of order", isFatal: true);

    [Fact]
    public async Task A_series_ends_when_every_record_is_acknowledged()
    {
        await using var bench = new ProducerBench();

        var append = AppendAsync(bench, "a", "b", "c");
        Assert.Equal(["a", "b", "c"], bench.Fake.Values);
        Assert.All(bench.Fake.Records, static record => Assert.Equal(new TopicPartition("parked", 3), record.Destination));
        bench.Fake.Report();
        bench.Fake.Report();
        Assert.False(append.IsCompleted);
        bench.Fake.Report();

        await append.InTime();
    }

    [Fact]
    public async Task Nothing_is_sent_after_a_record_that_the_client_refuses()
    {
        await using var bench = new ProducerBench();
        await bench.Producer.EnqueueAsync("k-0", null);
        bench.Fake.Report();
        bench.Fake.Refusals.Enqueue(new Error(ErrorCode.MsgSizeTooLarge));

        var error = await Assert.ThrowsAsync<EventProduceException>(() => AppendAsync(bench, "a", "b").InTime());

        Assert.Equal(ProduceFailureReason.TooLarge, error.Reason);
        Assert.Equal(["k-0"], bench.Fake.Values);
    }

    [Fact]
    public async Task The_first_error_is_told_once_all_have_ended()
    {
        await using var bench = new ProducerBench();
        var append = AppendAsync(bench, "a", "b", "c");

        bench.Fake.Report();
        bench.Fake.Report(ErrorCode.TopicAuthorizationFailed, PersistenceStatus.NotPersisted);
        bench.Fake.Report();

        var error = await Assert.ThrowsAsync<EventProduceException>(() => append.InTime());
        Assert.Equal(ProduceFailureReason.NotAuthorized, error.Reason);
    }

    [Fact]
    public async Task What_waits_for_room_does_not_overtake_a_record_that_has_failed()
    {
        await using var bench = new ProducerBench(capacity: 1);
        var append = AppendAsync(bench, "a", "b", "c");

        bench.Fake.Report(ErrorCode.Local_MsgTimedOut, PersistenceStatus.PossiblyPersisted);

        var error = await Assert.ThrowsAsync<EventProduceException>(() => append.InTime());
        Assert.Equal(ProduceFailureReason.TimedOut, error.Reason);
        Assert.Equal(["a"], bench.Fake.Values);
    }

    [Fact]
    public async Task What_waits_for_room_does_not_go_to_another_client_than_those_before()
    {
        await using var bench = new ProducerBench(capacity: 1);
        var append = AppendAsync(bench, "a", "b", "c");
        var old = bench.Fake;

        old.Broken = Fatal;
        old.Raise(Fatal);
        await Await.Until(() => bench.Log.Count(3020) > 0);
        old.Report(ErrorCode.OutOfOrderSequenceNumber, PersistenceStatus.PossiblyPersisted, fatal: true);

        await Assert.ThrowsAsync<EventProduceException>(() => append.InTime());
        Assert.Equal(["a"], bench.Made.SelectMany(static made => made.Values));

        // The whole is tried again, by the new client.
        var again = AppendAsync(bench, "a");
        bench.Fake.Report();
        await again.InTime();
        Assert.Equal(["a"], bench.Fake.Values);
        Assert.NotSame(old, bench.Fake);
    }

    [Fact]
    public async Task A_series_that_has_not_begun_goes_to_the_new_client_as_a_whole()
    {
        await using var bench = new ProducerBench();
        await bench.Producer.EnqueueAsync("k-0", null);
        var old = bench.Fake;
        old.Broken = Fatal;

        var append = AppendAsync(bench, "a", "b");
        bench.Fake.ReportAll();

        await append.InTime();
        Assert.NotSame(old, bench.Fake);
        Assert.Equal(["a", "b"], bench.Fake.Values);
    }

    private static Task AppendAsync(ProducerBench bench, params string[] values) => new ProducerHandOverLog(bench.Client, new TopicPartitions(new FakeInspector(), bench.Time), "inventory", bench.Log, bench.Time)
        .AppendAllAsync(new TopicPartition("parked", 3), [.. values.Select(static value => ((byte[]?)null, (byte[]?)Encoding.UTF8.GetBytes(value), new Headers()))]);
}

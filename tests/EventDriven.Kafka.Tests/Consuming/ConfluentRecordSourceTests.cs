using System.Diagnostics;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.Consuming;

/// <summary>The client at the engine's seam, in batches and one by one: the same records and ends, whatever the engine does in between.</summary>
public sealed class ConfluentRecordSourceTests : IDisposable
{
    private static readonly PartitionId Orders = new("orders", 0);

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public void Dispose() => _kafka.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Records_come_as_they_were_written(bool oneByOne)
    {
        _kafka.CreateTopic("orders", partitions: 1);
        var time = new Timestamp(1_772_000_000_123, TimestampType.CreateTime);
        await ProduceAsync("orders",
            new() { Key = [1, 2], Value = [3], Timestamp = time, Headers = new Headers { { "a", [1] }, { "a", [2] }, { "null", null }, { "empty", [] }, { "ö", [3] } } },
            new() { Key = null, Value = null },
            new() { Key = [], Value = [] },
            new() { Key = [4], Value = new byte[100_000] });
        using var bench = new SourceBench(_kafka, oneByOne, "orders");

        bench.PollUntil(() => bench.Ends.Count == 1);

        Assert.Equal([0, 1, 2, 3], bench.Offsets);
        Assert.All(bench.Records, static record => Assert.Equal(("orders", 0), (record.Topic, record.Partition)));
        Assert.Equal([[1, 2], null, [], [4]], bench.Records.Select(static record => record.Key));
        Assert.Equal([[3], null, [], new byte[100_000]], bench.Records.Select(static record => record.Value));
        Assert.Equal(1_772_000_000_123, bench.Records[0].TimestampMs);
        var headers = Assert.IsType<Headers>(bench.Records[0].Headers);
        Assert.Equal(["a", "a", "null", "empty", "ö"], headers.Select(static header => header.Key));
        Assert.Equal([[1], [2], null, [], [3]], headers.Select(static header => header.GetValueBytes()));
        Assert.Equal(ConfluentRecordSource.WeighHeaders(headers), bench.Records[0].HeaderBytes);
        Assert.All(bench.Records.Skip(1), static record => Assert.Equal((null, 0), (record.Headers, record.HeaderBytes)));
        Assert.Equal([(Orders, 4)], bench.Ends);
        Assert.Equal(!oneByOne, bench.Source.TakesBatches);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_record_is_of_the_topic_and_partition_that_it_was_written_to(bool oneByOne)
    {
        string[] topics = ["a", "orders", "orders.v2"];
        foreach (var topic in topics)
        {
            _kafka.CreateTopic(topic, partitions: 3);
            await ProduceAsync(topic, [.. Enumerable.Range(0, 300).Select(i => new Message<byte[]?, byte[]?> { Key = [(byte)i], Value = System.Text.Encoding.UTF8.GetBytes(topic) })]);
        }

        using var bench = new SourceBench(_kafka, oneByOne, topics);
        bench.PollUntil(() => bench.Records.Count == 900);

        Assert.All(bench.Records, static record => Assert.Equal(record.Topic, System.Text.Encoding.UTF8.GetString(record.Value!)));
        Assert.All(bench.Records.GroupBy(static record => (record.Topic, record.Partition)), static records =>
            Assert.Equal(Enumerable.Range(0, records.Count()).Select(static offset => (long)offset), records.Select(static record => record.Offset)));
    }

    [Fact]
    public void An_eager_assignor_lets_no_single_partition_begin_anew()
    {
        using var bench = new SourceBench(
            _kafka, oneByOne: false, static config => (config.GroupProtocol, config.PartitionAssignmentStrategy) = (GroupProtocol.Classic, PartitionAssignmentStrategy.Range), "orders");

        Assert.False(bench.Source.CanBeginAgain);
    }

    /// <summary>librdkafka issue 5586: the client reports it, and leaves the partition for good.</summary>
    [Theory]
    [InlineData(GroupProtocol.Consumer, null)]
    [InlineData(GroupProtocol.Classic, PartitionAssignmentStrategy.CooperativeSticky)]
    public async Task A_partition_that_the_client_leaves_since_the_coordinator_has_moved_is_read_once_it_begins_anew(GroupProtocol protocol, PartitionAssignmentStrategy? strategy)
    {
        using var kafka = EmbeddedKafka.Start(static options => options.GroupProtocols = EmbeddedGroupProtocols.Consumer | EmbeddedGroupProtocols.Classic);
        kafka.CreateTopic("orders", partitions: 1);
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        await producer.ProduceAsync("orders", new Message<Null, byte[]> { Value = [1] }, TestContext.Current.CancellationToken);
        kafka.Faults.FailNext(KafkaRequest.OffsetFetch, KafkaFault.NotCoordinator);
        using var bench = new SourceBench(kafka, oneByOne: false, config => (config.GroupProtocol, config.PartitionAssignmentStrategy) = (protocol, strategy), "orders");
        bench.PollUntil(() => bench.Errors.Exists(static error => error.Code == "NotCoordinatorForGroup"));
        var left = Stopwatch.GetTimestamp();
        bench.PollUntil(() => Stopwatch.GetElapsedTime(left) > TimeSpan.FromSeconds(2));
        Assert.Empty(bench.Records);
        Assert.Empty(bench.Ends);

        Assert.True(bench.Source.CanBeginAgain);
        bench.Source.BeginAgain([Orders]);
        bench.PollUntil(() => bench.Ends.Count == 1);

        Assert.Equal([0], bench.Offsets);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_pause_between_polls_nothing_is_missing_and_nothing_comes_twice(bool oneByOne)
    {
        await ProduceAsync("orders", 1_000);
        using var bench = new SourceBench(_kafka, oneByOne, "orders");
        bench.PollUntil(() => bench.Records.Count >= 10, maxRecords: 10);

        for (var pause = 0; pause < 2; pause++)
        {
            var before = bench.Records.Count;
            bench.Source.Pause(Orders);
            bench.Poll();
            bench.Poll();
            Assert.Equal(before, bench.Records.Count);
            bench.Source.Resume(Orders);
            bench.PollUntil(() => bench.Records.Count > before, maxRecords: 10);
        }

        bench.PollUntil(() => bench.Ends.Count > 0);
        Assert.Equal(FromTo(0, 1_000), bench.Offsets);
    }

    /// <summary>Where it was revoked: <c>EmbeddedControlTests.A_partition_that_was_full_when_it_left_is_read_on_when_it_comes_back</c>.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pause_ends_with_the_assignment_when_that_is_lost(bool oneByOne)
    {
        _kafka.CreateTopic("orders", partitions: 1);
        await ProduceAsync("orders", new() { Value = [0] }, new() { Value = [1] });
        using var bench = new SourceBench(_kafka, oneByOne, "orders");
        bench.PollUntil(() => bench.Ends.Count == 1);
        bench.Source.Pause(Orders);

        _kafka.Faults.FailNext(KafkaRequest.ConsumerGroupHeartbeat, KafkaFault.FencedMemberEpoch);
        bench.PollUntil(() => bench.Losses == 1);

        // Nothing was committed: it begins again.
        bench.PollUntil(() => bench.Records.Count == 4);
        Assert.Equal([0, 1, 0, 1], bench.Offsets);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_pause_in_the_middle_of_a_batch_nothing_is_missing_and_nothing_comes_twice(bool oneByOne)
    {
        await ProduceAsync("orders", 1_000);
        using var bench = new SourceBench(_kafka, oneByOne, "orders");
        var paused = 0;
        bench.HasRoom = record =>
        {
            if (record.Offset % 400 != 155) return true;

            bench.Source.Pause(Orders);
            paused++;
            return false;
        };

        for (var seen = 0; bench.Ends.Count == 0;)
        {
            bench.PollUntil(() => paused > seen || bench.Ends.Count > 0, maxRecords: 40);
            if (paused == seen) continue;

            seen = paused;
            var before = bench.Records.Count;
            bench.Poll();
            Assert.Equal(before, bench.Records.Count);
            bench.Source.Resume(Orders);
        }

        Assert.Equal(3, paused);
        Assert.Equal(FromTo(0, 1_000), bench.Offsets);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_seek_nothing_comes_that_was_fetched_before_it(bool oneByOne)
    {
        await ProduceAsync("orders", 1_000);
        using var bench = new SourceBench(_kafka, oneByOne, "orders");
        bench.PollUntil(() => bench.Records.Count >= 10, maxRecords: 10);

        Assert.True(bench.Source.TrySeek(Orders, 700));
        bench.Records.Clear();
        bench.PollUntil(() => bench.Records.Count >= 10, maxRecords: 10);
        Assert.Equal(FromTo(700, 700 + bench.Records.Count), bench.Offsets);

        Assert.True(bench.Source.TrySeek(Orders, 3));
        bench.Records.Clear();
        bench.PollUntil(() => bench.Ends.Count > 0);
        Assert.Equal(FromTo(3, 1_000), bench.Offsets);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_seek_back_a_pause_resumes_behind_what_came_since(bool oneByOne)
    {
        await ProduceAsync("orders", 1_000);
        using var bench = new SourceBench(_kafka, oneByOne, "orders");
        bench.PollUntil(() => bench.Records.Count >= 500);

        Assert.True(bench.Source.TrySeek(Orders, 0));
        bench.Records.Clear();
        bench.PollUntil(() => bench.Records.Count >= 10, maxRecords: 10);
        bench.Source.Pause(Orders);
        bench.Source.Resume(Orders);
        bench.PollUntil(() => bench.Ends.Count > 0);

        Assert.Equal(FromTo(0, 1_000), bench.Offsets);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pause_at_the_end_leaves_nothing_out_that_is_written_after_it(bool oneByOne)
    {
        await ProduceAsync("orders", 3);
        using var bench = new SourceBench(_kafka, oneByOne, "orders");
        bench.PollUntil(() => bench.Ends.Count == 1);

        bench.Source.Pause(Orders);
        await ProduceAsync("orders", new Message<byte[]?, byte[]?> { Value = [3] }, new Message<byte[]?, byte[]?> { Value = [4] });
        bench.Source.Resume(Orders);
        bench.PollUntil(() => bench.Records.Count == 5 && bench.Ends.Count > 0 && bench.Ends[^1].Offset == 5);

        Assert.Equal(FromTo(0, 5), bench.Offsets);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Errors_are_told_beside_records(bool oneByOne)
    {
        await ProduceAsync("orders", 1_000);
        await ProduceAsync("payments", 1_000);
        _kafka.Faults.FailNextOnPartition("payments", 0, KafkaRequest.Fetch, KafkaFault.TopicAuthorizationFailed);
        using var bench = new SourceBench(_kafka, oneByOne, "orders", "payments");

        bench.PollUntil(() => bench.Ends.Count == 2);

        Assert.All(bench.Records.GroupBy(static record => record.Topic), static records => Assert.Equal(FromTo(0, 1_000), records.Select(static record => record.Offset)));
        var error = Assert.Single(bench.Errors);
        Assert.Equal((SourceErrorKind.TopicRefused, nameof(ErrorCode.TopicAuthorizationFailed)), (error.Kind, error.Code));
        Assert.Contains("payments", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_batches_a_record_costs_little_more_memory_than_its_value()
    {
        const int ValueLength = 100;
        await ProduceAsync("orders", 1_000);
        using var bench = new SourceBench(_kafka, oneByOne: false, "orders");
        bench.Records.EnsureCapacity(1_000);
        bench.PollUntil(() => bench.Records.Count >= 200, maxRecords: 10);

        var before = bench.Records.Count;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        bench.PollUntil(() => bench.Records.Count >= before + 500);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        Assert.InRange((double)allocated / (bench.Records.Count - before), ValueLength, ValueLength + 60);
    }

    [Fact]
    public void The_queue_of_a_client_that_has_none_or_is_gone_is_refused_with_the_reason()
    {
        using var producer = new ProducerBuilder<Null, Null>(new ProducerConfig { BootstrapServers = _kafka.BootstrapServers }).Build();
        var gone = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = _kafka.BootstrapServers, GroupId = "gone" }).Build();
        gone.Dispose();

        Assert.False(ClientQueue.TryOpen(producer.Handle, 10, out _, out var reason));
        Assert.Equal("the client has no queue", reason);
        Assert.False(ClientQueue.TryOpen(gone.Handle, 10, out _, out reason));
        Assert.NotEmpty(reason);
    }

    private async Task ProduceAsync(string topic, int count)
    {
        _kafka.CreateTopic(topic, partitions: 1);
        await ProduceAsync(topic, [.. Enumerable.Range(0, count).Select(static _ => new Message<byte[]?, byte[]?> { Value = new byte[100] })]);
    }

    private async Task ProduceAsync(string topic, params Message<byte[]?, byte[]?>[] messages)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = _kafka.BootstrapServers, LingerMs = 5 }).Build();
        await Task.WhenAll(messages.Select(message => producer.ProduceAsync(topic, message)));
    }

    private static IEnumerable<long> FromTo(int first, int end) => Enumerable.Range(first, end - first).Select(static offset => (long)offset);
}

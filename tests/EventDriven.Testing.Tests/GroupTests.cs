using System.Collections.Concurrent;
using Confluent.Kafka;

namespace EventDriven.Testing.Tests;

public sealed class GroupTests : IDisposable
{
    private const string Topic = "events";
    private static readonly TopicPartition First = new(Topic, 0);
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task A_committed_offset_is_where_the_next_member_starts()
    {
        Fill(_kafka, partitions: 1, records: 3);
        using (var consumer = Clients.Subscribed(_kafka, "group", Topic))
        {
            consumer.Commit(consumer.Next());
            consumer.Close();
        }

        Assert.Equal(1, await _kafka.Observer.CommittedAsync("group", First, TestContext.Current.CancellationToken));
        using var next = Clients.Subscribed(_kafka, "group", Topic);
        Assert.Equal(1, next.Next().Offset.Value);
    }

    [Fact]
    public async Task A_group_that_never_committed_has_no_offset()
    {
        Fill(_kafka, partitions: 1, records: 1);

        Assert.Null(await _kafka.Observer.CommittedAsync("group", First, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Stored_offsets_are_committed_in_the_background_and_reported()
    {
        Fill(_kafka, partitions: 1, records: 3);
        var committed = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var consumer = Clients.Consumer(_kafka, "group", StoreOffsets)
            .SetOffsetsCommittedHandler((_, offsets) =>
            {
                if (offsets.Error.Code == ErrorCode.NoError && offsets.Offsets[0].Offset.Value == 2)
                    committed.TrySetResult(offsets.Offsets[0].Offset.Value);
            })
            .Build();
        consumer.Subscribe(Topic);
        consumer.Next();
        consumer.StoreOffset(consumer.Next());

        for (var waited = TimeSpan.Zero; !committed.Task.IsCompleted && waited < Clients.Patience; waited += TimeSpan.FromMilliseconds(50))
            consumer.Consume(TimeSpan.FromMilliseconds(50));

        Assert.True(committed.Task.IsCompleted);
        Assert.Equal(2, await _kafka.Observer.CommittedAsync("group", First, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Closing_commits_what_is_stored()
    {
        Fill(_kafka, partitions: 1, records: 3);
        using (var consumer = Clients.Subscribed(_kafka, "group", Topic, config =>
        {
            StoreOffsets(config);
            config.AutoCommitIntervalMs = 3_600_000;
        }))
        {
            consumer.StoreOffset(consumer.Next());
            consumer.Close();
        }

        Assert.Equal(1, await _kafka.Observer.CommittedAsync("group", First, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_revocation_is_held_until_what_its_handler_stored_is_committed()
    {
        Fill(_kafka, partitions: 2, records: 1);
        using var revoked = new CancellationTokenSource();
        using var assigned = new CancellationTokenSource();
        TopicPartition? moved = null;
        using var first = Clients.Consumer(_kafka, "group", StoreOffsets)
            .SetPartitionsRevokedHandler((consumer, partitions) =>
            {
                moved = partitions[0].TopicPartition;
                consumer.StoreOffset(new TopicPartitionOffset(moved, 1));
                revoked.Cancel();
            })
            .Build();
        first.Subscribe(Topic);
        first.Next(2);
        using var second = Clients.Consumer(_kafka, "group")
            .SetPartitionsAssignedHandler((_, partitions) =>
            {
                if (partitions.Count > 0)
                    assigned.Cancel();
            })
            .Build();
        second.Subscribe(Topic);

        await Task.WhenAll(Poll(first, assigned.Token), Poll(second, assigned.Token));

        Assert.True(revoked.IsCancellationRequested);
        Assert.Equal(1, await _kafka.Observer.CommittedAsync("group", moved!, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(EmbeddedGroupProtocols.Consumer)]
    [InlineData(EmbeddedGroupProtocols.Classic)]
    public async Task Members_share_the_partitions_and_take_over_from_one_that_left(EmbeddedGroupProtocols protocol)
    {
        using var kafka = EmbeddedKafka.Start(options => options.GroupProtocols = protocol);
        Fill(kafka, partitions: 4, records: 1);
        var owners = new ConcurrentDictionary<int, string>();
        using var leaving = new CancellationTokenSource();
        using var shared = new CancellationTokenSource();
        using var takenOver = new CancellationTokenSource();
        var first = Member("first");
        var second = Member("second");

        var polling = Task.WhenAll(Poll(first, leaving.Token, close: true), Poll(second, takenOver.Token, close: true));
        await Cancelled(shared.Token);
        await leaving.CancelAsync();
        await polling;

        Assert.Equal(4, owners.Count);
        Assert.All(owners.Values, owner => Assert.Equal("second", owner));

        IConsumer<byte[]?, byte[]?> Member(string name)
        {
            var consumer = Clients.Consumer(kafka, "group", config =>
                {
                    if (protocol == EmbeddedGroupProtocols.Classic)
                        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
                })
                .SetPartitionsAssignedHandler((_, partitions) =>
                {
                    foreach (var partition in partitions)
                        owners[partition.Partition.Value] = name;

                    var counts = owners.Values.CountBy(owner => owner).ToDictionary();
                    if (counts.Count == 2 && counts.Values.All(count => count == 2))
                        shared.Cancel();
                    if (leaving.IsCancellationRequested && counts.GetValueOrDefault("second") == 4)
                        takenOver.Cancel();
                })
                .SetPartitionsRevokedHandler((_, _) => { })
                .Build();
            consumer.Subscribe(Topic);
            return consumer;
        }
    }

    [Fact]
    public void The_classic_protocol_is_refused_unless_asked_for()
    {
        Fill(_kafka, partitions: 1, records: 1);
        using var consumer = Clients.Subscribed(_kafka, "group", Topic, config => config.GroupProtocol = GroupProtocol.Classic);

        var exception = Assert.Throws<ConsumeException>(() => consumer.Next());

        Assert.Equal(ErrorCode.Local_UnsupportedFeature, exception.Error.Code);
    }

    [Fact]
    public void A_cluster_of_the_classic_protocol_answers_as_an_older_broker()
    {
        using var kafka = EmbeddedKafka.Start(options => options.GroupProtocols = EmbeddedGroupProtocols.Classic);
        Fill(kafka, partitions: 1, records: 1);
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = "group",
            GroupProtocol = GroupProtocol.Consumer,
        }).SetErrorHandler((_, _) => { }).Build();
        consumer.Subscribe(Topic);

        var exception = Assert.Throws<ConsumeException>(() => consumer.Next());

        Assert.Equal(ErrorCode.UnsupportedVersion, exception.Error.Code);
        Assert.True(exception.Error.IsFatal);
    }

    [Fact]
    public async Task A_member_that_died_is_replaced_after_the_session_timeout()
    {
        using var kafka = EmbeddedKafka.Start(options => options.ConsumerGroupSessionTimeout = TimeSpan.FromSeconds(2));
        Fill(kafka, partitions: 1, records: 1);
        using (var dead = Clients.Subscribed(kafka, "group", Topic))
            dead.Next();

        using var heir = Clients.Subscribed(kafka, "group", Topic);

        Assert.Equal(0, (await Task.Run(() => heir.Next())).Offset.Value);
    }

    private static void StoreOffsets(ConsumerConfig config)
    {
        config.EnableAutoCommit = true;
        config.EnableAutoOffsetStore = false;
        config.AutoCommitIntervalMs = 50;
    }

    private static void Fill(EmbeddedKafka kafka, int partitions, int records)
    {
        kafka.CreateTopic(Topic, partitions);
        using var producer = Clients.Producer(kafka);
        for (var partition = 0; partition < partitions; partition++)
            producer.Produce(Topic, partition, records);
    }

    private static Task Poll(IConsumer<byte[]?, byte[]?> consumer, CancellationToken until, bool close = false) => Task.Factory.StartNew(
        () =>
        {
            for (var waited = TimeSpan.Zero; !until.IsCancellationRequested; waited += TimeSpan.FromMilliseconds(10))
            {
                Assert.True(waited < Clients.Patience, "The group did not get there.");
                consumer.Consume(TimeSpan.FromMilliseconds(10));
            }

            if (!close)
                return;

            consumer.Close();
            consumer.Dispose();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static async Task Cancelled(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(() => cancelled.TrySetResult());
        await cancelled.Task.WaitAsync(Clients.Patience, CancellationToken.None);
    }
}

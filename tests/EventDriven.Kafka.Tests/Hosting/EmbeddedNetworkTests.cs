using System.Collections.Concurrent;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Hosting;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>Brokers that are slow, out of reach, or refuse, and logs that have lost a part, in a host as an application meets them.</summary>
public sealed class EmbeddedNetworkTests : IAsyncDisposable
{
    private static readonly TimeSpan s_session = TimeSpan.FromSeconds(2);

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(static options => options.ConsumerGroupSessionTimeout = s_session);

    [Fact]
    public async Task Cut_off_for_longer_than_the_session_it_goes_on_by_itself_and_loses_nothing()
    {
        _kafka.CreateTopic("orders", 2);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 10);
        await using var service = await EmbeddedService.StartAsync(_kafka, ["orders"]);
        await service.UntilCommittedAsync("orders", 0, 10);

        _kafka.Faults.StopBrokers();
        await service.UntilAsync(static state => state.LastError is not null);
        await Task.Delay(s_session * 2, TestContext.Current.CancellationToken);
        _kafka.Faults.StartBrokers();
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 10);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 1, 10);

        await service.UntilCommittedAsync("orders", 0, 20);
        await service.UntilCommittedAsync("orders", 1, 10);
        Assert.Equal(30, service.Handled.Distinct().Count());
    }

    [Fact]
    public async Task A_latency_of_100_milliseconds_causes_no_rebalance()
    {
        _kafka.CreateTopic("orders", 1);
        _kafka.Faults.SetLatency(TimeSpan.FromMilliseconds(100));
        await using var service = await EmbeddedService.StartAsync(_kafka, ["orders"]);
        await service.UntilAssignedAsync("orders");
        for (var i = 0; i < 10; i++) await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 2);

        await service.UntilCommittedAsync("orders", 0, 20);

        Assert.Equal(20, service.Handled.Count);
        Assert.Single(service.Logs.Of(100));
        Assert.Empty(service.Logs.Of(101).Concat(service.Logs.Of(102)));
    }

    [Theory]
    [InlineData(KafkaFault.RebalanceInProgress)]
    [InlineData(KafkaFault.CoordinatorNotAvailable)]
    [InlineData(KafkaFault.StaleMemberEpoch)]
    public async Task A_commit_that_is_refused_does_not_count_as_done_and_is_made_again(KafkaFault refusal)
    {
        _kafka.CreateTopic("orders", 1);
        await using var service = await EmbeddedService.StartAsync(_kafka, ["orders"]);
        await service.UntilCommittedAsync("orders", 0, 0);
        _kafka.Faults.FailNext(KafkaRequest.OffsetCommit, refusal, times: 3);

        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 5);
        await service.UntilCommittedAsync("orders", 0, 5);

        // The client may repeat an earlier commit behind a later one, which its next commit mends.
        using var patience = new CancellationTokenSource(EmbeddedService.Patience);
        while (await EmbeddedInventory.CommittedAsync(_kafka).WaitAsync(patience.Token) != 5)
        {
            patience.Token.ThrowIfCancellationRequested();
        }

        Assert.Equal(5, service.Handled.Count);
    }

    [Fact]
    public async Task In_the_classic_protocol_a_commit_of_another_generation_does_not_count_as_done_and_is_made_again()
    {
        await using var kafka = EmbeddedKafka.Start(static options => options.GroupProtocols = EmbeddedGroupProtocols.Classic);
        kafka.CreateTopic("orders", 1);
        await using var service = await EmbeddedService.StartAsync(kafka, ["orders"], static c => c.Configure(static options =>
        {
            options.GroupProtocol = ConsumerGroupProtocol.Classic;
            options.DrainTimeout = TimeSpan.FromSeconds(2);
            options.Client["session.timeout.ms"] = "3000";
        }));
        await service.UntilCommittedAsync("orders", 0, 0);
        kafka.Faults.FailNext(KafkaRequest.OffsetCommit, KafkaFault.IllegalGeneration);

        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 5);
        await service.UntilCommittedAsync("orders", 0, 5);

        Assert.Contains("IllegalGeneration", Assert.Single(service.Logs.Of(107)), StringComparison.Ordinal);
        Assert.Equal(5, await EmbeddedInventory.CommittedAsync(kafka));
        Assert.Equal(5, service.Handled.Distinct().Count());
    }

    [Fact]
    public async Task A_member_that_has_lost_its_partitions_cancels_at_once_commits_nothing_of_them_and_comes_back()
    {
        _kafka.CreateTopic("orders", 1);
        var attempts = new ConcurrentQueue<string>();
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await EmbeddedService.StartAsync(
            _kafka,
            ["orders"],
            static c => c.Configure(static options => options.DrainTimeout = TimeSpan.FromSeconds(30)),
            async (context, token) =>
            {
                if (running.TrySetResult())
                {
                    // Ends by nothing but the loss.
                    await Task.Delay(Timeout.Infinite, token);
                }

                attempts.Enqueue($"{context.Offset}");
            });
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 2);
        await running.Task.WaitAsync(EmbeddedService.Patience);

        _kafka.Faults.FailNext(KafkaRequest.ConsumerGroupHeartbeat, KafkaFault.FencedMemberEpoch);

        await service.UntilCommittedAsync("orders", 0, 2);
        Assert.Single(service.Logs.Of(102));
        Assert.Equal(["0", "1"], attempts);
    }

    /// <summary>Where to start says nothing here: the group has a position, and whatever is left behind it is read.</summary>
    [Theory]
    [InlineData(ExpiredEventsAction.Continue, StartPosition.Earliest)]
    [InlineData(ExpiredEventsAction.Continue, StartPosition.Latest)]
    [InlineData(ExpiredEventsAction.Stop, StartPosition.Earliest)]
    [InlineData(ExpiredEventsAction.Stop, StartPosition.Latest)]
    public async Task Events_that_expired_before_they_were_read_are_counted_and_by_option_end_the_consumer(ExpiredEventsAction action, StartPosition start)
    {
        _kafka.CreateTopic("orders", 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 5);
        await using (var first = await EmbeddedService.StartAsync(_kafka, ["orders"]))
        {
            await first.UntilCommittedAsync("orders", 0, 5);
        }

        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 15);
        _kafka.DeleteRecords("orders", 0, 12);
        await using var service = await EmbeddedService.StartAsync(_kafka, ["orders"], c => c.StartAt(start).Configure(options => options.WhenExpired = action));

        if (action is ExpiredEventsAction.Stop)
        {
            await service.UntilAsync(static state => state.IsCompleted);
            Assert.Equal(ConsumerState.Failed, service.Control.State);
            Assert.Empty(service.Handled);
            Assert.Equal(5, await EmbeddedInventory.CommittedAsync(_kafka));
            return;
        }

        await service.UntilCommittedAsync("orders", 0, 20);
        Assert.Equal(Enumerable.Range(12, 8).Select(static offset => $"orders[0]@{offset}"), service.Handled);
        Assert.Equal(7, service.Engine.GetSnapshot().Expired);
        Assert.Single(service.Logs.Of(105));
    }

    [Theory]
    [InlineData(StartPosition.Earliest)]
    [InlineData(StartPosition.Latest)]
    public async Task A_log_that_has_lost_its_end_is_noticed_and_what_is_written_then_is_handled(StartPosition start)
    {
        _kafka.CreateTopic("orders", 1);
        await using var service = await EmbeddedService.StartAsync(_kafka, ["orders"], c => c.StartAt(start));
        await service.UntilCommittedAsync("orders", 0, 0);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 20);
        await service.UntilCommittedAsync("orders", 0, 20);
        service.Handled.Clear();

        // As after an unclean election: the log ends before the position.
        _kafka.DeleteTopic("orders");
        _kafka.CreateTopic("orders", 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 8);
        await service.UntilAsync(_ => service.Handled.Count >= 8);
        await service.UntilCommittedAsync("orders", 0, 8);

        Assert.Equal(Enumerable.Range(0, 8).Select(static offset => $"orders[0]@{offset}"), service.Handled);

        // After the last record received, or after the committed position where the group was without the topic for a moment.
        var told = Assert.Single(service.Logs.Of(106)).ToString()!;
        Assert.True(told.Contains("went back to offset 0 after 19 ", StringComparison.Ordinal) || told.Contains("went back to offset 0 after 20 ", StringComparison.Ordinal), told);
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();
}

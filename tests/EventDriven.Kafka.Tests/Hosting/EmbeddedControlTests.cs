using EventDriven.Kafka.Consuming;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>Control of a consumer at run time, on brokers in this process.</summary>
public class EmbeddedControlTests
{
    [Fact]
    public async Task A_pause_lets_the_running_event_finish_and_starts_none_of_those_that_are_buffered()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 1);
        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 10);
        var gate = new Gate(static context => context.Offset == 2);
        await using var service = await EmbeddedService.StartAsync(kafka, ["orders"], handle: gate.PassAsync);
        await gate.Reached;
        await service.UntilAsync(static state => state.Assignments[0].LastReceived == 9);

        service.Control.Pause();
        await service.UntilAsync(static state => state.Assignments[0].Pauses.HasFlag(PauseReasons.User));
        gate.Open();
        await service.UntilCommittedAsync("orders", 0, 3);

        Assert.Equal(3, service.Handled.Count);
        Assert.True(service.Control.Status.IsPaused);
        var partition = Assert.Single(service.Control.Status.Partitions);
        Assert.Equal((0, 7), (partition.InFlight, partition.Buffered));
        Assert.Equal((3L, 10L, 7L), (partition.Position, partition.LogEnd, partition.Lag));
        Assert.Equal(["User"], partition.PauseReasons);

        service.Control.Resume();
        await service.UntilCommittedAsync("orders", 0, 10);
        Assert.Equal(Names(0, 10), service.Handled);
    }

    [Fact]
    public async Task A_paused_partition_does_not_hold_up_the_others()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 2);
        await using var service = await EmbeddedService.StartAsync(kafka, ["orders"]);
        service.Control.Pause("orders", 0);
        await service.UntilAsync(static state => state.Assignments.Any(static assignment => assignment.Pauses.HasFlag(PauseReasons.UserPartition)));

        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 2);
        await EmbeddedService.ProduceAsync(kafka, "orders", 1, 2);
        await service.UntilCommittedAsync("orders", 1, 2);
        Assert.Equal(["orders[1]@0", "orders[1]@1"], service.Handled);

        // The two kinds of pause are independent.
        service.Control.Pause();
        service.Control.Resume();
        await EmbeddedService.ProduceAsync(kafka, "orders", 1, 1);
        await service.UntilCommittedAsync("orders", 1, 3);
        Assert.Equal(3, service.Handled.Count);

        service.Control.Resume("orders", 0);
        await service.UntilCommittedAsync("orders", 0, 2);
    }

    [Fact]
    public async Task A_pause_holds_through_rebalances_and_a_resume_after_them_repeats_nothing()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 2);
        await using var service = await EmbeddedService.StartAsync(kafka, ["orders"]);
        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 3);
        await EmbeddedService.ProduceAsync(kafka, "orders", 1, 3);
        await service.UntilHandledAsync(6);

        // While the second joins, a call comes in the middle of the rebalance.
        await using (var other = await EmbeddedService.StartAsync(kafka, ["orders"]))
        {
            service.Control.Pause();
            other.Control.Pause();
            await service.UntilAsync(static state => state.Assignments.Count == 1);
            await other.UntilAsync(static state => state.Assignments.Count == 1);
            await EmbeddedService.ProduceAsync(kafka, "orders", 0, 3);
            await EmbeddedService.ProduceAsync(kafka, "orders", 1, 3);
        }

        await service.UntilAsync(static state => state.Assignments.Count == 2 && state.Assignments.All(static assignment => assignment.Pauses.HasFlag(PauseReasons.User)));
        Assert.Equal(6, service.Handled.Count);

        service.Control.Resume();
        service.Control.Resume();
        await service.UntilCommittedAsync("orders", 0, 6);
        await service.UntilCommittedAsync("orders", 1, 6);
        Assert.Equal(12, service.Handled.Count);
    }

    [Fact]
    public async Task A_partition_that_was_full_when_it_left_is_read_on_when_it_comes_back()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 2);
        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 40);
        await EmbeddedService.ProduceAsync(kafka, "orders", 1, 40);
        var gate = new Gate(static _ => true);
        await using var service = await EmbeddedService.StartAsync(kafka, ["orders"], Small, gate.PassAsync);
        await service.UntilAsync(static state => state.Assignments.Count == 2 && state.Assignments.All(static assignment => assignment.Pauses.HasFlag(PauseReasons.Backpressure)));

        await using (var other = await EmbeddedService.StartAsync(kafka, ["orders"], Small, gate.PassAsync))
        {
            await service.UntilAsync(static state => state.Assignments.Count == 1);
            await other.UntilAsync(static state => state.Assignments.Count == 1);
        }

        await service.UntilAsync(static state => state.Assignments.Count == 2);
        gate.Open();
        await service.UntilCommittedAsync("orders", 0, 40);
        await service.UntilCommittedAsync("orders", 1, 40);

        static void Small(EventConsumerBuilder consumer) =>
            consumer.Configure(static options => (options.MaxBufferedRecords, options.DrainTimeout) = (8, TimeSpan.FromMilliseconds(100)));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    [InlineData(long.MaxValue, 10)]
    public async Task A_seek_reads_on_from_the_offset_or_from_the_end_of_the_log_that_is_nearest_to_it(long offset, int from)
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 1);
        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 10);
        var sought = false;
        var gate = new Gate(context => context.Offset == 4 || Volatile.Read(ref sought));
        await using var service = await EmbeddedService.StartAsync(kafka, ["orders"], handle: gate.PassAsync);
        await gate.Reached;

        // What is read from the new position on waits as well: it must not move the position that is looked at.
        Volatile.Write(ref sought, true);
        await service.Control.SeekAsync("orders", 0, offset).WaitAsync(EmbeddedService.Patience);
        Assert.Equal(from, await kafka.Observer.CommittedAsync("inventory", new Confluent.Kafka.TopicPartition("orders", 0), CancellationToken.None));
        gate.Open();
        await service.UntilCommittedAsync("orders", 0, 10);
        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 1);
        await service.UntilCommittedAsync("orders", 0, 11);

        // The event that was in its handler was cancelled, and counts only if it lies behind the new position.
        Assert.Equal([.. Names(0, 4), .. Names(from, 11)], service.Handled);
    }

    [Fact]
    public async Task A_seek_before_the_oldest_record_goes_to_the_oldest()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 1);
        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 10);
        await using var service = await EmbeddedService.StartAsync(kafka, ["orders"]);
        await service.UntilCommittedAsync("orders", 0, 10);
        kafka.DeleteRecords("orders", 0, 6);

        await service.Control.SeekAsync("orders", 0, 2).WaitAsync(EmbeddedService.Patience);
        await service.UntilHandledAsync(14);
        await service.UntilCommittedAsync("orders", 0, 10);

        Assert.Equal([.. Names(0, 10), .. Names(6, 10)], service.Handled);
        Assert.Equal(0, service.Engine.GetSnapshot().Expired);
    }

    [Fact]
    public async Task A_seek_while_paused_is_not_lost_and_the_pause_holds()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 1);
        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 10);
        await using var service = await EmbeddedService.StartAsync(kafka, ["orders"]);
        await service.UntilCommittedAsync("orders", 0, 10);

        service.Control.Pause();
        var seek = service.Control.SeekAsync("orders", 0, 4);
        service.Control.Resume();
        service.Control.Pause();
        await seek.WaitAsync(EmbeddedService.Patience);
        await service.UntilAsync(static state => state.Assignments[0] is { Pauses: PauseReasons.User, Position: 4 });
        Assert.Equal(10, service.Handled.Count);

        service.Control.Resume();
        await service.UntilCommittedAsync("orders", 0, 10);
        await service.UntilHandledAsync(16);
        Assert.Equal([.. Names(0, 10), .. Names(4, 10)], service.Handled);
    }

    [Fact]
    public async Task Of_two_seeks_the_later_one_counts_and_one_on_a_partition_of_others_is_refused()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 1);
        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 10);
        await using var service = await EmbeddedService.StartAsync(kafka, ["orders"]);
        await service.UntilCommittedAsync("orders", 0, 10);

        // Both wait for the broker at once; the one that is carried out first is done or told that it was overtaken.
        kafka.Faults.SetLatency(TimeSpan.FromMilliseconds(50));
        var first = service.Control.SeekAsync("orders", 0, 2);
        await service.UntilAsync(static state => state.Assignments[0].Position == 2);
        var second = service.Control.SeekAsync("orders", 0, 6);
        await second.WaitAsync(EmbeddedService.Patience);
        kafka.Faults.SetLatency(TimeSpan.Zero);
        await first.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(EmbeddedService.Patience);
        await service.UntilCommittedAsync("orders", 0, 10);
        Assert.Equal("orders[0]@9", service.Handled.Last());
        Assert.True(first.IsCompletedSuccessfully || first.Exception!.InnerException is InvalidOperationException);

        var other = await Assert.ThrowsAsync<InvalidOperationException>(() => service.Control.SeekAsync("orders", 5, 0));
        Assert.Equal("The seek on orders[5] was not done: the partition is not assigned to consumer 'inventory' in this process now.", other.Message);
    }

    [Fact]
    public async Task Control_of_a_consumer_that_is_stopping_is_refused_or_remembered()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 1);
        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 3);
        var gate = new Gate(static context => context.Offset == 1);
        await using var service = await EmbeddedService.StartAsync(kafka, ["orders"], handle: gate.PassAsync);
        await gate.Reached;

        var stop = service.Control.StopAsync();
        await service.UntilAsync(static state => state.Assignments is [{ Pauses: var pauses }] && pauses.HasFlag(PauseReasons.Stopping));
        Assert.Equal(ConsumerState.Stopping, service.Control.State);
        service.Control.Retry();
        service.Control.Pause();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => service.Control.SeekAsync("orders", 0, 0));
        Assert.Equal("The seek on orders[0] was not done: consumer 'inventory' is not running.", refused.Message);

        // A start during the stop: it stops in order, then starts again, paused as it was told.
        service.Control.Start();
        gate.Open();
        await stop.WaitAsync(EmbeddedService.Patience);
        await service.UntilAsync(static state => state is { IsStopping: false, Assignments: [{ Pauses: PauseReasons.User, Position: 2 }] });
        Assert.Equal(Names(0, 2), service.Handled);
        service.Control.Resume();
        await service.UntilCommittedAsync("orders", 0, 3);
        Assert.Equal(Names(0, 3), service.Handled);
    }

    [Fact]
    public async Task One_consumer_is_stopped_and_started_again_and_goes_on_where_it_was()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 1);
        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 3);
        await using var service = await EmbeddedService.StartAsync(kafka, ["orders"]);
        await service.UntilHandledAsync(3);

        await service.Control.StopAsync().WaitAsync(EmbeddedService.Patience);
        Assert.Equal(ConsumerState.Stopped, service.Control.State);
        Assert.True(service.Control.Status.IsStoppedByApplication);
        Assert.Equal("Consumer 'inventory' was stopped by the application.", (await service.HealthAsync()).Description);
        Assert.Equal(3, await kafka.Observer.CommittedAsync("inventory", new Confluent.Kafka.TopicPartition("orders", 0), CancellationToken.None));
        await EmbeddedService.ProduceAsync(kafka, "orders", 0, 2);
        await service.Control.StopAsync().WaitAsync(EmbeddedService.Patience);
        service.Control.Retry();
        await Assert.ThrowsAsync<InvalidOperationException>(() => service.Control.SeekAsync("orders", 0, 0));

        service.Control.Start();
        service.Control.Start();
        await service.UntilCommittedAsync("orders", 0, 5);

        Assert.Equal(ConsumerState.Running, service.Control.State);
        Assert.Equal(Names(0, 5), service.Handled);
        await service.StopAsync();
        Assert.Throws<InvalidOperationException>(service.Control.Start);
        service.Control.Pause();
        service.Control.Resume();
        await Assert.ThrowsAsync<InvalidOperationException>(() => service.Control.SeekAsync("orders", 0, 0));
    }

    [Fact]
    public async Task Offsets_that_are_given_to_start_at_are_for_partitions_without_a_committed_position()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("orders", partitions: 4);
        for (var partition = 0; partition < 4; partition++) await EmbeddedService.ProduceAsync(kafka, "orders", partition, 5);
        kafka.DeleteRecords("orders", 2, 3);
        static void StartAt(EventConsumerBuilder consumer) => consumer.StartAt("orders", 0, 3).StartAt("orders", 1, 1_000).StartAt("orders", 2, 1);

        await using (var service = await EmbeddedService.StartAsync(kafka, ["orders"], StartAt))
        {
            await service.UntilCommittedAsync("orders", 0, 5);
            await service.UntilCommittedAsync("orders", 1, 5);
            await service.UntilCommittedAsync("orders", 2, 5);
            await service.UntilCommittedAsync("orders", 3, 5);

            // One above the log starts after its newest record, one below at its oldest; the last one was not named.
            Assert.Equal([.. Names(3, 5), .. Names(3, 5, 2), .. Names(0, 5, 3)], service.Handled.Order(StringComparer.Ordinal));
        }

        await EmbeddedService.ProduceAsync(kafka, "orders", 1, 1);
        await using var second = await EmbeddedService.StartAsync(kafka, ["orders"], StartAt);
        await second.UntilHandledAsync(1);
        await second.UntilAsync(static state => state.Assignments.Count == 4 && state.Assignments.All(static assignment => assignment.IsAtEnd));
        Assert.Equal(["orders[1]@5"], second.Handled);
    }

    private static IEnumerable<string> Names(int from, int to, int partition = 0) => Enumerable.Range(from, to - from).Select(offset => $"orders[{partition}]@{offset}");

    /// <summary>Holds the first event of a kind in its handler until it is opened or the handler is cancelled.</summary>
    private sealed class Gate(Func<EventContext, bool> holds)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task.WaitAsync(EmbeddedService.Patience);

        public void Open() => _open.TrySetResult();

        public async Task PassAsync(EventContext context, CancellationToken cancellationToken)
        {
            if (!holds(context)) return;

            _reached.TrySetResult();
            await _open.Task.WaitAsync(cancellationToken);
        }
    }
}

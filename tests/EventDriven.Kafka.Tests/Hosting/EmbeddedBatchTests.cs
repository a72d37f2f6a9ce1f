using System.Collections.Concurrent;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>Batches in a host, as an application registers them.</summary>
public sealed class EmbeddedBatchTests : IAsyncDisposable
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();
    private readonly ConcurrentQueue<string> _calls = new();

    [Fact]
    public async Task A_full_batch_is_handled_at_once_and_one_that_is_not_when_it_has_waited()
    {
        var batches = new ConcurrentQueue<(long Offset, string? Source)[]>();
        await using var service = await StartAsync(
            batch =>
            {
                batches.Enqueue([.. batch.Select(received => (received.Context.Offset, received.Context.Headers.GetText("source")))]);
                return default;
            },
            maxWait: TimeSpan.FromMilliseconds(200));

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1", "a:2", "b:3");
        await service.WaitUntilCommittedAsync(4);

        Assert.Equal(["a:0", "b:1", "a:2", "b:3"], batches.SelectMany(batch => batch).Select(received => received.Source));
        Assert.Equal([0L, 1, 2, 3], batches.SelectMany(batch => batch).Select(received => received.Offset));
        Assert.All(batches, batch => Assert.InRange(batch.Length, 1, 3));
    }

    [Fact]
    public async Task A_batch_does_not_wait_when_it_is_full()
    {
        await using var service = await StartAsync(Record, maxWait: Never);

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1", "a:2", "b:3", "b:4", "b:5", "b:6");
        await service.WaitUntilCommittedAsync(6);

        Assert.Equal(["0 1 2", "3 4 5"], _calls);
    }

    [Fact]
    public async Task No_key_is_in_two_batches_at_once_and_the_events_of_each_are_in_order()
    {
        const int Events = 120;
        var running = new ConcurrentDictionary<char, IReadOnlyList<ReceivedEvent<Order>>>();
        var handled = new ConcurrentQueue<(char Key, int Number)>();
        var overlaps = new ConcurrentQueue<char>();
        await using var service = await StartAsync(
            async batch =>
            {
                foreach (var (order, context) in batch)
                {
                    var key = (char)context.Key!.Value.Span[0];
                    if (running.GetOrAdd(key, batch) != batch)
                    {
                        overlaps.Enqueue(key);
                    }

                    await Task.Yield();
                    handled.Enqueue((key, order.Number));
                }

                foreach (var key in running.Where(entry => entry.Value == batch).Select(entry => entry.Key).ToList())
                {
                    running.TryRemove(key, out _);
                }
            },
            maxEvents: 4,
            maxWait: TimeSpan.FromMilliseconds(5),
            c => c.InKeyOrder(8));

        await EmbeddedInventory.ProduceAsync(_kafka, [.. Enumerable.Range(0, Events).Select(number => $"{(char)('a' + (number * 7 % 5))}:{number}")]);
        await service.WaitUntilCommittedAsync(Events);

        Assert.Empty(overlaps);
        Assert.All(handled.GroupBy(each => each.Key), ofKey => Assert.Equal(ofKey.Select(each => each.Number).Order(), ofKey.Select(each => each.Number)));
        Assert.Equal(Events, handled.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_event_that_is_named_stops_its_partition_and_those_before_it_are_done(int index)
    {
        await using var service = await StartAsync(
            batch =>
            {
                Note(batch);
                throw new BatchFailedException(index, new ArithmeticException("negative"));
            });

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1", "c:2");
        var stopped = await service.WaitUntilStoppedAsync();
        await service.WaitUntilCommittedAsync(index);

        Assert.Equal((index, 1), (stopped.Offset, stopped.Attempts));
        Assert.IsType<ArithmeticException>(stopped.Error);
        Assert.Equal(["0 1 2"], _calls);
        await service.StopAsync();
        Assert.Equal(index, await EmbeddedInventory.CommittedAsync(_kafka));
    }

    [Fact]
    public async Task The_event_that_is_named_is_tried_again_alone_and_the_rest_in_another_batch()
    {
        await using var service = await StartAsync(
            batch =>
            {
                _calls.Enqueue($"{string.Join(' ', batch.Select(received => received.Event.Number))} attempt {batch[0].Context.Attempt}");
                return _calls.Count == 1 ? throw new BatchFailedException(1) : default;
            },
            configure: c => c.OnFailure(f => f.Retry(1, TimeSpan.Zero)));

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1", "c:2", "d:3", "e:4");
        await service.WaitUntilCommittedAsync(5);

        Assert.Equal(["0 1 2 attempt 1", "1 attempt 2", "2 3 4 attempt 1"], _calls);
    }

    [Fact]
    public async Task After_another_exception_each_is_handled_alone_and_only_the_one_that_fails_again_stops_its_partition()
    {
        await using var service = await StartAsync(
            batch =>
            {
                Note(batch);
                return batch.Any(received => received.Event.Number == 1) ? throw new ArithmeticException("one") : default;
            },
            configure: c => c.InKeyOrder(1));

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1", "c:2");
        var stopped = await service.WaitUntilStoppedAsync();

        Assert.Equal((1L, 1), (stopped.Offset, stopped.Attempts));
        await service.WaitUntilCommittedAsync(1);
        Assert.Equal(["0 1 2", "0", "1"], _calls);
        Assert.Single(service.Logs.Of(2020));
    }

    [Fact]
    public async Task A_stopped_event_of_a_batch_can_be_tried_again()
    {
        var isMended = false;
        await using var service = await StartAsync(
            batch =>
            {
                Note(batch);
                var index = batch.TakeWhile(received => received.Event.Number != 1).Count();
                return index == batch.Count || Volatile.Read(ref isMended) ? default : throw new BatchFailedException(index, new ArithmeticException("negative"));
            },
            maxWait: TimeSpan.FromMilliseconds(50),
            configure: c => c.InKeyOrder(4));
        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1", "c:2");
        await service.WaitUntilStoppedAsync();

        Volatile.Write(ref isMended, true);
        service.Control.Retry();

        await service.WaitUntilCommittedAsync(3);
        Assert.Contains("1", _calls);
    }

    [Fact]
    public async Task Bytes_that_do_not_decode_stop_the_partition_while_their_neighbours_are_handled()
    {
        await using var service = await StartAsync(Record, configure: c => c.InKeyOrder(4));

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "poison", "c:2");
        var stopped = await service.WaitUntilStoppedAsync();

        Assert.Equal(1, stopped.Offset);
        Assert.IsType<EventSerializationException>(stopped.Error);
        Assert.Equal(["0 2"], _calls);
        await service.WaitUntilCommittedAsync(1);
    }

    [Fact]
    public async Task A_filtered_event_is_left_out_and_committed()
    {
        await using var service = await StartAsync(Record, configure: c => c.Use(async (context, next) =>
        {
            if (context.Offset == 1)
            {
                context.Filter("test");
                return;
            }

            await next(context);
        }));

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1", "c:2");
        await service.WaitUntilCommittedAsync(3);

        Assert.Equal(["0 2"], _calls);
    }

    [Fact]
    public async Task A_stop_waits_for_a_batch_that_runs_and_commits_it()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var service = await StartAsync(async batch =>
        {
            running.TrySetResult();
            await end.Task;
        });
        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1", "c:2", "d:3");
        await running.Task.WaitAsync(EmbeddedInventory.Patience);

        var stopping = service.StopAsync();
        end.SetResult();
        await stopping;

        Assert.Equal(3, await EmbeddedInventory.CommittedAsync(_kafka));
        await service.DisposeAsync();
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_batch_to_fill_and_its_events_are_left_to_the_next_member()
    {
        var service = await StartAsync(Record, maxWait: Never, configure: c => c.Configure(options => options.DrainTimeout = TimeSpan.FromSeconds(40)));
        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1");
        await service.WaitUntilHeldAsync(2);

        await service.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Empty(_calls);
        await service.DisposeAsync();
        await using var next = await StartAsync(Record, maxWait: TimeSpan.Zero);
        await next.WaitUntilCommittedAsync(2);
        Assert.Equal("0 1", string.Join(' ', _calls));
    }

    [Fact]
    public async Task By_option_a_stop_handles_at_once_what_waits_for_its_batch()
    {
        var service = await StartAsync(Record, maxWait: Never, configure: c => c.Configure(options => options.DrainBufferedOnStop = true));
        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1");
        await service.WaitUntilHeldAsync(2);

        await service.StopAsync();

        Assert.Equal(["0 1"], _calls);
        Assert.Equal(2, await EmbeddedInventory.CommittedAsync(_kafka));
        await service.DisposeAsync();
    }

    [Fact]
    public async Task A_batch_over_the_drain_time_is_cancelled_and_comes_again()
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var service = await StartAsync(
            async (_, token) =>
            {
                running.TrySetResult();
                await Task.Delay(-1, token);
            },
            configure: c => c.Configure(options => options.DrainTimeout = TimeSpan.FromMilliseconds(50)));
        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1", "c:2");
        await running.Task.WaitAsync(EmbeddedInventory.Patience);
        await service.DisposeAsync();
        Assert.Equal(0, await EmbeddedInventory.CommittedAsync(_kafka) ?? 0);

        await using var next = await StartAsync(Record);
        await next.WaitUntilCommittedAsync(3);
        Assert.Equal(["0 1 2"], _calls);
    }

    [Fact]
    public async Task A_rebalance_hands_over_what_waits_for_its_batch_and_nothing_runs_twice()
    {
        await using var service = await StartAsync(Record, maxWait: Never, partitions: 2);
        await EmbeddedInventory.ProduceAsync(_kafka, "a:0:0", "b:1:1");
        await service.WaitUntilHeldAsync(2);

        await using var other = await StartAsync(Record, maxWait: TimeSpan.Zero);
        await other.WaitUntilHandledAsync(1);
        await service.StopAsync();
        await other.WaitUntilHandledAsync(2);

        Assert.Equal(["0", "1"], _calls.Order());
    }

    [Fact]
    public async Task A_rebalance_waits_for_batches_that_run_and_nothing_runs_twice()
    {
        var running = new SemaphoreSlim(0);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await StartAsync(
            async batch =>
            {
                running.Release();
                await end.Task;
                await Record(batch);
            },
            maxWait: TimeSpan.Zero,
            partitions: 2);
        await EmbeddedInventory.ProduceAsync(_kafka, "a:0:0", "b:1:1");
        await running.WaitAsync(EmbeddedInventory.Patience);
        await running.WaitAsync(EmbeddedInventory.Patience);

        await using var other = await StartAsync(Record, maxWait: TimeSpan.Zero);
        await EmbeddedInventory.ProduceAsync(_kafka, "a:2:0", "b:3:1");
        end.SetResult();
        await service.WaitUntilAsync(snapshot => snapshot.Assignments.Count == 1);
        await other.WaitUntilAsync(snapshot => snapshot.Assignments.Count == 1);
        await service.StopAsync();
        await other.WaitUntilAsync(snapshot => snapshot.Assignments.Count == 2 && snapshot.Assignments.All(assignment => assignment.Position == 2));

        Assert.Equal(["0", "1", "2", "3"], _calls.SelectMany(call => call.Split(' ')).Order());
    }

    [Fact]
    public async Task A_tombstone_goes_to_its_handler_on_its_own_between_the_events_of_its_key()
    {
        var journal = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var service = await EmbeddedInventory.StartAsync(_kafka, c => c
            .InKeyOrder(4)
            .HandleBatch(8, TimeSpan.FromMilliseconds(20), (IReadOnlyList<ReceivedEvent<Order>> orders, CancellationToken _) =>
            {
                foreach (var order in orders) journal.Enqueue($"{order.Event.Number}");
                return ValueTask.CompletedTask;
            })
            .HandleTombstone<Order>((context, _) =>
            {
                journal.Enqueue($"no more {context.GetKey<string>()}");
                return ValueTask.CompletedTask;
            }));

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0");
        using (var producer = new Confluent.Kafka.ProducerBuilder<string, byte[]?>(new Confluent.Kafka.ProducerConfig { BootstrapServers = _kafka.BootstrapServers }).Build())
        {
            await producer.ProduceAsync(new Confluent.Kafka.TopicPartition("orders", 0), new Confluent.Kafka.Message<string, byte[]?> { Key = "a", Value = null });
        }

        await EmbeddedInventory.ProduceAsync(_kafka, "a:1");
        await service.WaitUntilCommittedAsync(3);

        Assert.Equal(["0", "no more a", "1"], journal);
    }

    [Fact]
    public async Task A_scoped_handler_and_its_services_live_for_one_batch()
    {
        var scopes = new ConcurrentQueue<Scoped>();
        _kafka.CreateTopic("orders", 1);
        await using var service = await EmbeddedInventory.StartAsync(
            _kafka,
            c => c.HandleBatch<Order, Handler>(2, Never),
            services => services.AddSingleton(scopes).AddScoped<Scoped>());

        await EmbeddedInventory.ProduceAsync(_kafka, "a:0", "b:1", "c:2", "d:3");
        await service.WaitUntilCommittedAsync(4);

        Assert.Equal(2, scopes.Count);
        Assert.Equal(["0 1", "2 3"], scopes.Select(scope => scope.Seen));
        Assert.All(scopes, scope => Assert.True(scope.IsDisposed));
    }

    [Fact]
    public async Task A_batch_larger_than_the_share_of_a_partition_goes_with_what_fits()
    {
        await using var service = await StartAsync(
            Record, maxEvents: 100, maxWait: Never, configure: c => c.Configure(options => options.MaxBufferedBytes = 64 * 1024));

        await EmbeddedInventory.ProduceAsync(_kafka, [.. Enumerable.Range(0, 8).Select(number => $"{new string('k', 10_000)}:{number}")]);
        await service.WaitUntilHandledAsync(7);

        Assert.Equal("0 1 2 3 4 5 6", _calls.First());
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    private Task<EmbeddedInventory> StartAsync(
        Func<IReadOnlyList<ReceivedEvent<Order>>, ValueTask> handle,
        int maxEvents = 3, TimeSpan? maxWait = null, Action<EventConsumerBuilder>? configure = null, int partitions = 1) =>
        StartAsync((batch, _) => handle(batch), maxEvents, maxWait, configure, partitions);

    private async Task<EmbeddedInventory> StartAsync(
        Func<IReadOnlyList<ReceivedEvent<Order>>, CancellationToken, ValueTask> handle,
        int maxEvents = 3, TimeSpan? maxWait = null, Action<EventConsumerBuilder>? configure = null, int partitions = 1)
    {
        if (_isNew)
        {
            _kafka.CreateTopic("orders", partitions);
            _isNew = false;
        }

        return await EmbeddedInventory.StartAsync(_kafka, c =>
        {
            c.HandleBatch(maxEvents, maxWait ?? Never, handle);
            configure?.Invoke(c);
        });
    }

    private bool _isNew = true;

    private ValueTask Record(IReadOnlyList<ReceivedEvent<Order>> batch)
    {
        Note(batch);
        return default;
    }

    private void Note(IReadOnlyList<ReceivedEvent<Order>> batch) => _calls.Enqueue(string.Join(' ', batch.Select(received => received.Event.Number)));

    internal sealed record Order(int Number);

    internal sealed class Scoped : IDisposable
    {
        public string Seen { get; set; } = "";

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    internal sealed class Handler(Scoped scoped, ConcurrentQueue<Scoped> scopes) : IBatchEventHandler<Order>
    {
        public ValueTask HandleAsync(IReadOnlyList<ReceivedEvent<Order>> batch, CancellationToken cancellationToken)
        {
            scoped.Seen = string.Join(' ', batch.Select(received => received.Event.Number));
            scopes.Enqueue(scoped);
            return default;
        }
    }
}

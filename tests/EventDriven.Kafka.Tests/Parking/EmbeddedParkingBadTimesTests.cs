using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Tests.Hosting;
using EventDriven.Kafka.Tests.Hostile;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>What operators, clocks and others who write do to a service that keeps the order of keys while events of it are parked.</summary>
public sealed class EmbeddedParkingBadTimesTests : IAsyncDisposable
{
    private const string Parked = "inventory--orders--parked";

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();
    private readonly JumpingTime _time = new();

    /// <summary>What was handled, as the key and the number of the event.</summary>
    private readonly ConcurrentQueue<string> _handled = new();
    private readonly ConcurrentDictionary<string, int> _failures = new();
    private readonly ConcurrentDictionary<string, long> _failedAt = new();
    private readonly ConcurrentDictionary<string, long> _handledAt = new();

    [Fact]
    public async Task A_seek_to_the_beginning_repeats_each_key_in_order_and_what_is_parked_once()
    {
        Create(partitions: 1, parkedPartitions: 1);
        await ProduceAsync(0, 20);
        _failures["a4"] = 1;
        await using var service = await StartAsync("1h");
        await service.UntilCommittedAsync("orders", 0, 20);
        await service.UntilAsync(static state => state.Assignments[0].Parking!.Entries == 4);
        _handled.Clear();

        // What waits an hour is due for the owner that begins now.
        _time.Skew = TimeSpan.FromHours(2);
        await service.Control.SeekAsync("orders", 0, 0, TestContext.Current.CancellationToken);
        await service.UntilAsync(_ => _handled.Count >= 20);
        await service.UntilCommittedAsync("orders", 0, 20);
        await service.UntilAsync(static state => state.Assignments.All(static assignment => assignment.Parking!.Entries == 0));

        foreach (var key in "abcd")
        {
            Assert.Equal(Enumerable.Range(0, 20).Select(NameOf).Where(name => name[0] == key), _handled.Where(name => name[0] == key));
        }
    }

    [Fact]
    public async Task A_source_that_is_deleted_and_created_again_loses_nothing_of_what_is_parked_and_nothing_of_the_new_one()
    {
        Create(partitions: 1, parkedPartitions: 1);
        await ProduceAsync(0, 20);
        await ParkAsync("a0", committed: 20, entries: 5);
        _kafka.DeleteTopic("orders");
        _kafka.CreateTopic("orders", 1);
        await ProduceAsync(100, 8);
        _handled.Clear();

        _time.Skew = TimeSpan.FromHours(2);
        await using var next = await StartAsync("1h");
        await next.UntilAsync(_ => _handled.Count >= 13);
        await next.UntilCommittedAsync("orders", 0, 8);
        await next.UntilAsync(static state => state.Assignments.All(static assignment => assignment.Parking!.Entries == 0));

        Assert.Equal(["a0", "a4", "a8", "a12", "a16"], _handled.Where(static name => name[0] == 'a' && name.Length < 4));
        Assert.Equal(["a100", "a104"], _handled.Where(static name => name[0] == 'a' && name.Length == 4));
        Assert.Equal(Enumerable.Range(100, 8).Select(NameOf).Order(), _handled.Where(static name => name.Length == 4).Order());
        Assert.Equal(13, _handled.Count);
    }

    [Fact]
    public async Task A_parked_topic_with_fewer_partitions_than_its_source_keeps_the_consumer_from_starting_with_the_command_that_mends_it()
    {
        Create(partitions: 2, parkedPartitions: 1);
        await using var service = await StartAsync("1s");
        await service.Logs.UntilAsync(1000);

        Assert.Equal(ConsumerState.WaitingForCluster, service.Control.State);
        Assert.Contains($"--alter --topic {Parked} --partitions 2", Assert.Single(service.Logs.Of(1000)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_clock_that_jumps_by_an_hour_makes_no_parked_event_early_or_late(int hours)
    {
        Create(partitions: 1, parkedPartitions: 1);
        await ProduceAsync(0, 4);
        _failures["a0"] = 1;
        await using var service = await StartAsync("5s");
        await service.UntilCommittedAsync("orders", 0, 4);
        await service.UntilAsync(static state => state.Assignments[0].Parking!.Entries == 1);

        _time.Skew = TimeSpan.FromHours(hours);
        await ProduceAsync(4, 4);
        await service.UntilAsync(_ => _handled.Count == 8);

        Assert.Equal(["a0", "a4"], _handled.Where(static name => name[0] == 'a'));
        Assert.InRange(Stopwatch.GetElapsedTime(_failedAt["a0"], _handledAt["a0"]), TimeSpan.FromSeconds(5), EmbeddedService.Patience);
    }

    [Fact]
    public async Task Whatever_others_wrote_to_the_parked_topic_every_event_of_the_source_is_handled()
    {
        Create(partitions: 1, parkedPartitions: 1);
        var random = new Random(11);
        using (var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = _kafka.BootstrapServers, LingerMs = 1 }).Build())
        {
            for (var i = 0; i < 500; i++)
            {
                var record = HostileSeeds.All[random.Next(HostileSeeds.All.Count)];
                for (var changes = random.Next(4); changes > 0; changes--) record = new Tampering(random.Next(), random.Next(), random.Next()).Apply(record, HostileSeeds.Names);
                if (record.Size > 500_000) continue;

                producer.Produce(new TopicPartition(Parked, 0), new Message<byte[]?, byte[]?> { Key = record.Key, Value = record.Value, Headers = record.Headers });
            }

            producer.Flush(EmbeddedService.Patience);
        }

        await ProduceAsync(0, 40);
        _failures["a0"] = 1;
        await using var service = await StartAsync("50ms");
        await service.UntilCommittedAsync("orders", 0, 40);
        await service.UntilAsync(_ => Enumerable.Range(0, 40).All(number => _handled.Contains(NameOf(number))));

        foreach (var key in "abcd")
        {
            Assert.Equal(Enumerable.Range(0, 40).Select(NameOf).Where(name => name[0] == key), _handled.Where(name => name[0] == key && name.Length < 4));
        }
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    private static string NameOf(int number) => $"{(char)('a' + (number % 4))}{number}";

    /// <summary>A first owner, which leaves when an event and those of its key behind it are parked for an hour.</summary>
    private async Task ParkAsync(string failing, long committed, int entries)
    {
        _failures[failing] = 1;
        await using var first = await StartAsync("1h");
        await first.UntilCommittedAsync("orders", 0, committed);
        await first.UntilAsync(state => state.Assignments[0].Parking!.Entries == entries);
    }

    private void Create(int partitions, int parkedPartitions)
    {
        _kafka.CreateTopic("orders", partitions);
        _kafka.CreateTopic(Parked, parkedPartitions);
        _kafka.CreateTopic("inventory--orders--dlq", 1);
    }

    private Task<EmbeddedService> StartAsync(string delay) => EmbeddedService.StartAsync(
        _kafka,
        ["orders"],
        consumer => consumer.InKeyOrder(8).OnFailure(f => f.ThenRetryTopics(delay).KeepKeyOrder().ThenDeadLetter()),
        (context, _) =>
        {
            var name = Encoding.UTF8.GetString(context.Key.GetValueOrDefault().Span) + Encoding.UTF8.GetString(context.Value.GetValueOrDefault().Span).Trim('"');
            if (_failures.GetValueOrDefault(name) is > 0 and var left)
            {
                _failures[name] = left - 1;
                _failedAt[name] = Stopwatch.GetTimestamp();
                throw new InvalidOperationException(name);
            }

            _handledAt[name] = Stopwatch.GetTimestamp();
            _handled.Enqueue(name);
            return Task.CompletedTask;
        },
        _time);

    private async Task ProduceAsync(int first, int count)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = _kafka.BootstrapServers, LingerMs = 0 }).Build();
        for (var i = first; i < first + count; i++)
        {
            await producer.ProduceAsync(new TopicPartition("orders", 0), new Message<string, string> { Key = NameOf(i)[..1], Value = $"\"{i.ToString(CultureInfo.InvariantCulture)}\"" });
        }
    }
}

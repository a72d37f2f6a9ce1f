using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>Key order through retries, by processes that are killed or frozen at the worst moments, on a real broker.</summary>
public sealed class KeepKeyOrderCrashTests(SharedBroker broker) : IAsyncDisposable
{
    private const int Partitions = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private readonly ProcessGuard _guard = new();
    private readonly string _name = $"c{Guid.NewGuid():N}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Source => $"{_name}-orders";

    private string Group => $"{_name}-billing";

    private string Parked => $"{Group}--{Source}--parked";

    [BrokerFact]
    public async Task Killed_between_the_acknowledgement_of_a_park_and_the_commit_it_loses_nothing_and_keeps_the_order()
    {
        var kafka = await PrepareAsync();
        var events = await ProduceAsync(kafka, keys: 4, each: 6);
        using var first = Start(kafka, "--fail", "k0", "--commit-interval", "600000");
        await UntilParkedAsync(kafka, count: 6);
        first.Kill();
        await first.UntilEndAsync(Cancelled).WaitAsync(s_patience, Cancelled);

        using var second = Start(kafka);
        var ends = await UntilHandledAsync(second, events);

        // Nothing was committed: all of each key runs again, in order, and what was parked as well.
        Assert.Equal(events["k0"], ends["k0"]);
        AssertSuffixes(events, ends);
        await StopAsync(second);
    }

    [BrokerFact]
    public async Task Killed_between_the_end_of_a_handler_and_the_done_marker_it_handles_that_event_again_and_the_later_ones_behind_it()
    {
        var kafka = await PrepareAsync();
        var events = await ProduceAsync(kafka, keys: 4, each: 6);
        using var first = Start(kafka, "--fail", "k0", "--fail-times", "1", "--die-at", "end:k0:2", "--commit-interval", "600000");
        var (_, lines) = await first.UntilEndAsync(Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.Single(lines, static line => line.StartsWith("end k0", StringComparison.Ordinal));

        using var second = Start(kafka);
        var ends = await UntilHandledAsync(second, events);

        // Nothing was committed: each key runs again, in order, whatever of it had ended.
        Assert.Equal(events["k0"], ends["k0"]);
        AssertSuffixes(events, ends);
        await StopAsync(second);
    }

    [BrokerFact]
    public async Task Killed_while_it_restores_what_is_parked_it_restores_it_the_next_time()
    {
        var kafka = await PrepareAsync();
        var events = await ProduceAsync(kafka, keys: 40, each: 50);
        var failing = string.Join(',', events.Keys.Take(20));
        using (var first = Start(kafka, "--fail", failing, "--delays", "1h"))
        {
            await UntilParkedAsync(kafka, count: 20 * 50);
            first.Kill();
            await first.UntilEndAsync(Cancelled).WaitAsync(s_patience, Cancelled);
        }

        for (var kill = 0; kill < 3; kill++)
        {
            // It has joined, or is about to: the later ones are killed further on in what they do then.
            using var next = Start(kafka, "--fail", failing, "--delays", "1h");
            await next.UntilAsync(static line => line == "ready", Cancelled).WaitAsync(s_patience, Cancelled);
            await Task.Delay(TimeSpan.FromMilliseconds(400 + (700 * kill)), Cancelled);
            next.Kill();
            await next.UntilEndAsync(Cancelled).WaitAsync(s_patience, Cancelled);
        }

        // What waits an hour is put forward by nobody: the last owner has a policy that has it wait for less, and its entries keep their times. So the parked
        // events stay, and one more of each key must wait behind them.
        using var last = Start(kafka, "--fail", failing, "--delays", "1h");
        await ProduceAsync(kafka, keys: 40, each: 1, first: 50);
        var ends = await UntilHandledAsync(last, Enumerable.Range(20, 20).ToDictionary(static key => $"k{key}", static _ => new List<(int, long)> { default }));
        await UntilParkedAsync(kafka, count: 20 * 51);
        Assert.All(events.Keys.Take(20), key => Assert.DoesNotContain(key, ends.Keys));
        await StopAsync(last);
    }

    [BrokerFact]
    public async Task Frozen_with_parks_on_their_way_and_thawed_after_another_has_taken_over_it_breaks_nothing()
    {
        var kafka = await PrepareAsync();
        var events = await ProduceAsync(kafka, keys: 8, each: 60);
        string[] failing = ["--fail", "k0,k1,k2,k3", "--fail-times", "2", "--delays", "50ms,100ms,1s", "--handle-ms", "2"];
        using var frozen = Start(kafka, failing);
        await UntilParkedAsync(kafka, count: 50);
        frozen.Freeze();

        using var second = Start(kafka, failing);
        var ready = await second.UntilAsync(static line => line.StartsWith("start ", StringComparison.Ordinal), Cancelled).WaitAsync(s_patience, Cancelled);
        frozen.Thaw();
        frozen.Terminate();
        var (_, before) = await frozen.UntilEndAsync(Cancelled).WaitAsync(s_patience, Cancelled);

        var ends = await UntilHandledAsync(second, events, before);

        // All that the first has not ended was handled by the second, each key in order, and as a suffix of its events.
        AssertSuffixes(events, ends);
        await StopAsync(second);
    }

    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    private static void AssertSuffixes(Dictionary<string, List<(int Partition, long Offset)>> events, ConcurrentDictionary<string, List<(int Partition, long Offset)>> ends)
    {
        foreach (var (key, ended) in ends)
        {
            Assert.Equal(events[key].TakeLast(ended.Count), ended);
        }
    }

    private async Task<KafkaCluster> PrepareAsync()
    {
        var kafka = await broker.Cluster;
        await kafka.CreateTopicAsync(Source, Partitions);

        // The group takes the partitions of a dead or frozen member back only when its session has timed out.
        await kafka.RunToolAsync(
            "kafka-configs.sh", ["--alter", "--entity-type", "groups", "--entity-name", Group, "--add-config", "consumer.session.timeout.ms=3000"], cancellationToken: Cancelled);
        return kafka;
    }

    private WorkerProcess Start(KafkaCluster kafka, params string[] options) => WorkerProcess.Start(
        _guard, kafka, "consume", ["--topic", Source, "--group", Group, "--policy", "keep-order", .. options.Contains("--delays") ? options : ["--delays", "300ms,600ms,1s,2s", .. options]]);

    /// <summary>Writes events of several keys in turn.</summary>
    /// <returns>Where those of each key are, in order.</returns>
    private async Task<Dictionary<string, List<(int Partition, long Offset)>>> ProduceAsync(KafkaCluster kafka, int keys, int each, int first = 0)
    {
        var events = Enumerable.Range(0, keys).ToDictionary(static key => $"k{key}", static _ => new List<(int, long)>());
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, LingerMs = 2, EnableIdempotence = true }).Build();
        var sent = from number in Enumerable.Range(first, each)
                   from key in Enumerable.Range(0, keys)
                   select (Key: $"k{key}", Receipt: producer.ProduceAsync(
                       new TopicPartition(Source, key % Partitions), new Message<string, string> { Key = $"k{key}", Value = number.ToString(CultureInfo.InvariantCulture) }, Cancelled));
        foreach (var (key, receipt) in sent.ToList())
        {
            var written = await receipt;
            events[key].Add((written.Partition.Value, written.Offset.Value));
        }

        return events;
    }

    /// <summary>Reads on until the last event of each key has ended in a process.</summary>
    /// <returns>Where each key's handled events are, in the order of their ends in this process.</returns>
    private static async Task<ConcurrentDictionary<string, List<(int Partition, long Offset)>>> UntilHandledAsync(
        WorkerProcess worker, Dictionary<string, List<(int Partition, long Offset)>> events, IEnumerable<string>? before = null)
    {
        var ends = new ConcurrentDictionary<string, List<(int Partition, long Offset)>>();
        var left = events.Values.SelectMany(static ofKey => ofKey).ToHashSet();
        var leftOfKey = events.ToDictionary(static pair => pair.Key, static pair => pair.Value[^1]);
        foreach (var line in before ?? [])
        {
            if (TryReadEnd(line, out _, out var handled))
            {
                left.Remove(handled);
                leftOfKey = leftOfKey.Where(pair => pair.Value != handled).ToDictionary();
            }
        }

        while (leftOfKey.Count > 0)
        {
            var line = await worker.Lines.ReadAsync(Cancelled).AsTask().WaitAsync(s_patience, Cancelled);
            if (!TryReadEnd(line, out var key, out var handled))
            {
                continue;
            }

            left.Remove(handled);
            ends.GetOrAdd(key, static _ => []).Add(handled);
            if (leftOfKey.TryGetValue(key, out var last) && (last == handled || last == default))
            {
                leftOfKey.Remove(key);
            }
        }

        left.Remove(default);
        Assert.Empty(left);
        return ends;
    }

    private static bool TryReadEnd(string line, out string key, out (int Partition, long Offset) handled)
    {
        var parts = line.Split(' ');
        key = parts.Length > 1 ? parts[1] : "";
        handled = parts is ["end", _, var partition, var offset, _]
            ? (int.Parse(partition, CultureInfo.InvariantCulture), long.Parse(offset, CultureInfo.InvariantCulture))
            : default;
        return parts[0] == "end";
    }

    /// <summary>Waits until so many events stand in the parked topic.</summary>
    private async Task UntilParkedAsync(KafkaCluster kafka, int count)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers, GroupId = "reader-of-parked", AutoOffsetReset = AutoOffsetReset.Earliest, TopicMetadataRefreshIntervalMs = 500,
        }).Build();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(partition => new TopicPartitionOffset(Parked, partition, Offset.Beginning)));
        var deadline = DateTime.UtcNow + s_patience;
        var parked = new HashSet<string>();
        while (parked.Count < count)
        {
            Assert.True(DateTime.UtcNow < deadline, $"{parked.Count} of {count} events are parked.");
            var record = await Task.Run(() =>
            {
                try
                {
                    return consumer.Consume(TimeSpan.FromMilliseconds(200));
                }
                catch (ConsumeException notThereYet) when (notThereYet.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownPartition)
                {
                    return null;
                }
            });
            if (record is not null && Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("eventdriven-parked-kind")) == "parked")
            {
                parked.Add($"{record.Partition.Value}@{Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("eventdriven-original-offset"))}");
            }
        }
    }

    private static async Task StopAsync(WorkerProcess worker)
    {
        worker.Terminate();
        var (exitCode, _) = await worker.UntilEndAsync(Cancelled).WaitAsync(s_patience, Cancelled);
        Assert.Equal(0, exitCode);
    }
}

using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using EventDriven.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Chaos.Storm;

/// <summary>
/// Twelve members, eighty partitions, and every half second a member that stops or starts, chosen by seed, until every event was handled. The events come while it goes on.
/// Nothing crashes, so nothing may be handled twice unless a member has told why.
/// </summary>
internal sealed partial class StormRun(KafkaCluster kafka, ConsumerGroupProtocol protocol, string topic, int events, TimeSpan during, int seed, string folder)
{
    private const int Members = 12;
    private const int Partitions = 80;
    private const int Keys = 4_000;
    private static readonly TimeSpan s_toggle = TimeSpan.FromMilliseconds(500);

    /// <summary>From the last event produced. Where nobody owns a partition for long, that is a finding.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly StormLedger _ledger = new(Keys, events);
    private readonly Stopwatch _watch = new();
    private int _toggles;
    private TimeSpan _slowestStop;

    public string Summary =>
        $"{events:N0} events, {_toggles} members toggled, {_watch.Elapsed.TotalSeconds:F1} s, {_ledger.Again:N0} handled again, slowest stop {_slowestStop.TotalSeconds:F1} s";

    /// <returns>What was wrong.</returns>
    public async Task<List<string>> RunAsync()
    {
        await kafka.CreateTopicAsync(topic, Partitions);
        List<StormMember> members = [.. Enumerable.Range(0, Members).Select(number => new StormMember(kafka.BootstrapServers, protocol, topic, _ledger, Path.Combine(folder, $"{topic}-m{number}")))];
        await Task.WhenAll(members.Select(static member => member.StartAsync()));
        _watch.Start();
        var produced = Task.Factory.StartNew(Produce, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var isLate = !await ToggleAsync(members, produced);
        await produced;
        await Task.WhenAll(members.Where(static member => member.IsRunning).Select(static member => member.StopAsync()));
        _watch.Stop();
        return
        [
            .. isLate ? [$"Not finished {s_patience.TotalSeconds:F0} s after the last event was written."] : Array.Empty<string>(),
            .. _ledger.Problems,
            .. _ledger.Missing(),
            .. _ledger.Again > MayRepeat() ? [$"{_ledger.Again} events were handled again, though every member stopped cleanly, and {MayRepeat()} are explained."] : Array.Empty<string>(),
        ];
    }

    /// <summary>
    /// How many events may be handled again, as members have told: what the client went back over (106), and any number where partitions were lost (102) or the last commits not
    /// accepted (115).
    /// </summary>
    private long MayRepeat()
    {
        long wentBack = 0;
        foreach (var line in Directory.EnumerateFiles(folder, $"{topic}-m*.log").SelectMany(File.ReadLines))
        {
            if (line.Split(' ', 4) is not [_, _, var id, var text])
            {
                continue;
            }

            if (id is "102" or "115")
            {
                return long.MaxValue;
            }

            if (id == "106" && WentBack().Match(text) is { Success: true } back)
            {
                wentBack += Number(back, "received") + 1 - Number(back, "to");
            }
        }

        return wentBack;

        static long Number(Match match, string name) => long.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"went back to offset (?<to>\d+) after (?<received>\d+) was received")]
    private static partial Regex WentBack();

    /// <returns>Whether everything was handled in time.</returns>
    private async Task<bool> ToggleAsync(List<StormMember> members, Task produced)
    {
        var random = new Random(seed);
        using var timer = new PeriodicTimer(s_toggle);
        Stopwatch? waiting = null;
        while (_ledger.Count < events)
        {
            await timer.WaitForNextTickAsync();
            waiting ??= produced.IsCompleted ? Stopwatch.StartNew() : null;
            if (waiting?.Elapsed > s_patience)
            {
                return false;
            }

            var member = members[random.Next(members.Count)];
            if (!member.IsRunning)
            {
                await member.StartAsync();
            }
            else if (members.Count(static other => other.IsRunning) > 1)
            {
                var begun = Stopwatch.GetTimestamp();
                await member.StopAsync();
                var took = Stopwatch.GetElapsedTime(begun);
                _slowestStop = took > _slowestStop ? took : _slowestStop;
            }

            _toggles++;
        }

        return true;
    }

    private void Produce()
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true, LingerMs = 20, QueueBufferingMaxMessages = 200_000 })
            .SetLogHandler(static (_, _) => { }).Build();
        var watch = Stopwatch.StartNew();
        for (var number = 0; number < events; number++)
        {
            if (number % 1_000 == 0)
            {
                var ahead = (during * ((double)number / events)) - watch.Elapsed;
                if (ahead > TimeSpan.Zero)
                {
                    Thread.Sleep(ahead);
                }
            }

            var (key, value) = (new byte[4], new byte[4]);
            BinaryPrimitives.WriteInt32BigEndian(key, number % Keys);
            BinaryPrimitives.WriteInt32BigEndian(value, number);
            for (var isSent = false; !isSent;)
            {
                try
                {
                    producer.Produce(topic, new Message<byte[], byte[]> { Key = key, Value = value });
                    isSent = true;
                }
                catch (ProduceException<byte[], byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(50));
                }
            }
        }

        producer.Flush(TimeSpan.FromMinutes(1));
    }
}

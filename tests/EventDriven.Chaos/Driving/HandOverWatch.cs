using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Services;

namespace EventDriven.Chaos.Driving;

/// <summary>
/// Reads what is written to retry topics, parked topics and dead letters while the run goes on: a parked topic is trimmed, and what was there is gone at the end.
/// It knows the documented headers, and nothing else of the library.
/// </summary>
internal sealed class HandOverWatch(string servers)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_metadata = TimeSpan.FromSeconds(3);

    // Between the clock of the records and the one of the logs.
    private readonly long _clocks = Monotonic.Now - (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000);
    private readonly Dictionary<string, (ChaosService Service, HandOverKind Kind)> _topics = ChaosService.All
        .SelectMany(static service => service.HandOverTopics.Select(topic => (Topic: topic, Service: service)))
        .ToDictionary(static pair => pair.Topic, static pair => (pair.Service, KindOf(pair.Service, pair.Topic)));
    private readonly Dictionary<TopicPartition, long> _next = [];
    private readonly List<HandOver> _handOvers = [];
    private readonly Dictionary<(TopicPlace Place, long Claim, long Number), HandOver> _parked = [];
    private readonly HashSet<TopicPlace> _gaps = [];
    private readonly HashSet<(TopicPlace Place, long Offset)> _deadLetters = [];
    private readonly Lock _gate = new();

    /// <summary>What was read so far.</summary>
    public (IReadOnlyList<HandOver> HandOvers, IReadOnlySet<TopicPlace> Gaps) Seen
    {
        get
        {
            lock (_gate)
            {
                return ([.. _handOvers], _gaps.ToHashSet());
            }
        }
    }

    /// <summary>Reads until it is cancelled, and then on to the end of each partition.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Run(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static HandOverKind KindOf(ChaosService service, string topic) =>
        topic == service.DeadLetterTopic ? HandOverKind.DeadLetter : topic == service.ParkedTopic ? HandOverKind.Parked : HandOverKind.Retry;

    private void Run(CancellationToken cancellationToken)
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig
        {
            BootstrapServers = servers,
            GroupId = "chaos-watch",
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
            TopicMetadataRefreshIntervalMs = 3_000,
        }).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var ends = new HashSet<TopicPartition>();
        var looked = -s_metadata.Ticks;
        var isFinishing = false;
        while (!isFinishing || ends.Count < _next.Count)
        {
            if (!isFinishing && Monotonic.Now - looked > s_metadata.TotalMicroseconds)
            {
                Assign(consumer, admin);
                looked = Monotonic.Now;
            }

            try
            {
                if (consumer.Consume(s_poll) is { } record)
                {
                    if (record.IsPartitionEOF)
                    {
                        ends.Add(record.TopicPartition);
                    }
                    else
                    {
                        ends.Remove(record.TopicPartition);
                        Take(record);
                    }
                }
            }
            catch (ConsumeException)
            {
                // Brokers come and go: the client tries again.
            }

            if (cancellationToken.IsCancellationRequested && !isFinishing)
            {
                // What the client has told of ends before may be old: each is to be told anew. Dead letters are all still there, and are read again from the first: a record that
                // the watch has missed is no event that was lost.
                isFinishing = true;
                ends.Clear();
                consumer.Assign(_next.Select(place => new TopicPartitionOffset(place.Key, new Offset(IsDeadLetters(place.Key.Topic) ? 0 : place.Value))));
            }
        }

        consumer.Close();
    }

    private void Assign(IConsumer<Ignore, Ignore> consumer, IAdminClient admin)
    {
        try
        {
            var found = admin.GetMetadata(s_metadata).Topics.Where(topic => _topics.ContainsKey(topic.Topic))
                .SelectMany(static topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition.PartitionId)))
                .Where(place => !_next.ContainsKey(place)).ToList();
            if (found.Count > 0)
            {
                foreach (var place in found)
                {
                    _next[place] = 0;
                }

                consumer.IncrementalAssign(found.Select(static place => new TopicPartitionOffset(place, new Offset(0))));
            }
        }
        catch (KafkaException)
        {
        }
    }

    private void Take(ConsumeResult<Ignore, Ignore> record)
    {
        var place = new TopicPlace(record.Topic, record.Partition.Value);
        lock (_gate)
        {
            var next = _next[record.TopicPartition];
            if (IsDeadLetters(record.Topic) && !_deadLetters.Add((place, record.Offset.Value)))
            {
                return;
            }

            if (record.Offset.Value < next)
            {
                Console.WriteLine($"The watch had missed {place}@{record.Offset}.");
            }
            else if (record.Offset.Value > next)
            {
                _gaps.Add(place);
            }

            _next[record.TopicPartition] = Math.Max(next, record.Offset.Value + 1);
            var (service, kind) = _topics[record.Topic];
            switch (kind == HandOverKind.Parked ? Text(record, "eventdriven-parked-kind") : null)
            {
                case "parked":
                    var parked = Decode(record, place, service, kind);
                    _handOvers.Add(parked);
                    _parked[(place, Number(record, "eventdriven-parked-claim"), Number(record, "eventdriven-parked-number"))] = parked;
                    break;

                case "done" when _parked.TryGetValue((place, Number(record, "eventdriven-parked-about-claim"), Number(record, "eventdriven-parked-about-number")), out var about):
                    _handOvers.Add(about with { Kind = HandOverKind.Done, Offset = record.Offset.Value, At = TimeOf(record) });
                    break;

                case null:
                    _handOvers.Add(Decode(record, place, service, kind));
                    break;
            }
        }
    }

    private bool IsDeadLetters(string topic) => _topics[topic].Kind == HandOverKind.DeadLetter;

    private HandOver Decode(ConsumeResult<Ignore, Ignore> record, TopicPlace place, ChaosService service, HandOverKind kind) => new()
    {
        Service = service.Name,
        Kind = kind,
        Place = place,
        Offset = record.Offset.Value,
        Source = new TopicPlace(Text(record, "eventdriven-original-topic")!, (int)Number(record, "eventdriven-original-partition")),
        SourceOffset = Number(record, "eventdriven-original-offset"),
        At = TimeOf(record),
    };

    private long TimeOf(ConsumeResult<Ignore, Ignore> record) => (record.Message.Timestamp.UnixTimestampMs * 1_000) + _clocks;

    private static string? Text(ConsumeResult<Ignore, Ignore> record, string header) =>
        record.Message.Headers.TryGetLastBytes(header, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;

    private static long Number(ConsumeResult<Ignore, Ignore> record, string header) => long.Parse(Text(record, header)!, CultureInfo.InvariantCulture);
}

using System.Collections.Concurrent;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Services;

namespace EventDriven.Chaos.Driving;

/// <summary>
/// Asks once a second what every group has committed, and where its partitions end. It asks by a client of each group that never joins it: asked for offsets, a client for
/// administration ends its process when the coordinator has moved (librdkafka 2.16, <c>rd_kafka_handle_OffsetFetch</c> without a group), and asked for the ends of many partitions it
/// may when brokers go (<c>rd_kafka_enq_once_del_source_return</c>).
/// </summary>
internal sealed class PositionWatch(string servers, IAdminClient admin) : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<ChaosService, IConsumer<Ignore, Ignore>> _groups = new(ChaosService.All.Select(service => KeyValuePair.Create(service, GroupClient.Create(servers, service))));
    private readonly Lock _gate = new();
    private readonly List<PositionSample> _samples = [];
    private readonly Dictionary<(string Service, TopicPlace Place), PositionSample> _latest = [];

    public IReadOnlyList<PositionSample> Samples
    {
        get
        {
            lock (_gate)
            {
                return [.. _samples];
            }
        }
    }

    /// <summary>The latest of each partition.</summary>
    public IReadOnlyList<PositionSample> Latest
    {
        get
        {
            lock (_gate)
            {
                return [.. _latest.Values];
            }
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_interval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await LookAsync();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Looks once at all groups; what can't be asked now is left out.</summary>
    public async Task LookAsync()
    {
        try
        {
            var topics = admin.GetMetadata(s_timeout).Topics.ToDictionary(static topic => topic.Topic, static topic => topic.Partitions.Count);
            await Task.WhenAll(ChaosService.All.Select(service => LookAsync(service, topics)));
        }
        catch (KafkaException)
        {
        }
    }

    public void Dispose()
    {
        foreach (var client in _groups.Values)
        {
            client.Dispose();
        }
    }

    private async Task LookAsync(ChaosService service, Dictionary<string, int> topics)
    {
        try
        {
            var places = service.RetryTopics.Prepend(service.Topic)
                .SelectMany(topic => Enumerable.Range(0, topics.GetValueOrDefault(topic)).Select(partition => new TopicPartition(topic, partition))).ToList();
            var group = _groups[service];
            var ends = await Task.Run(() => places.ToDictionary(static place => place, place => group.QueryWatermarkOffsets(place, s_timeout).High.Value));
            var asked = Monotonic.Now;
            var committed = await Task.Run(() => group.Committed(places, s_timeout));
            var now = Monotonic.Now;
            lock (_gate)
            {
                foreach (var place in committed)
                {
                    var name = new TopicPlace(place.Topic, place.Partition.Value);
                    var sample = new PositionSample(service.Name, name, asked, now, Math.Max(0, place.Offset.Value), ends[place.TopicPartition]);
                    _samples.Add(sample);
                    _latest[(service.Name, name)] = sample;
                }
            }
        }
        catch (KafkaException)
        {
            // A client without a subscription may keep asking a broker that leads no more: the next look is by another.
            var failed = _groups[service];
            _groups[service] = GroupClient.Create(servers, service);
            await Task.Run(failed.Dispose);
        }
    }
}

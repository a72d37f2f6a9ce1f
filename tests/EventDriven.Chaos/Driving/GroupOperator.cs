using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Services;

namespace EventDriven.Chaos.Driving;

/// <summary>What an operator does to groups and topics while the run goes on. It tries again while brokers are away.</summary>
internal sealed class GroupOperator(string servers, IAdminClient admin, FaultLog log)
{
    private const int MostPartitions = 10;
    private const int Added = 2;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    public ChaosService Choose(int choice) => ChaosService.All[choice % ChaosService.All.Count];

    /// <summary>The partitions that a topic has now.</summary>
    public int PartitionsOf(string topic) => admin.GetMetadata(topic, s_timeout).Topics.Single(found => found.Topic == topic).Partitions.Count;

    /// <summary>Puts each partition of a group's source back by some hundred events. No member may run.</summary>
    public Task ResetAsync(int choice) => PersistAsync(async () =>
    {
        var service = Choose(choice);
        var random = new Random(choice);
        var places = Enumerable.Range(0, PartitionsOf(service.Topic)).Select(partition => new TopicPartition(service.Topic, partition)).ToList();
        using var group = GroupClient.Create(servers, service);
        var committed = await Task.Run(() => group.Committed(places, s_timeout));
        List<TopicPartitionOffset> back =
        [
            .. committed.Where(static place => place.Offset.Value > 0)
                .Select(place => new TopicPartitionOffset(place.TopicPartition, Math.Max(0, place.Offset.Value - random.Next(1, 400)))),
        ];
        if (back.Count == 0)
        {
            return;
        }

        var at = Monotonic.Now;
        await admin.AlterConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitionOffsets(service.Group, back)], new AlterConsumerGroupOffsetsOptions { RequestTimeout = s_timeout });
        var done = Monotonic.Now;
        foreach (var place in back)
        {
            log.Add(new OffsetReset(service.Name, new TopicPlace(place.Topic, place.Partition.Value), place.Offset.Value, at, done));
        }
    });

    /// <summary>Gives a source two partitions more; its parked topic first, as the documentation says.</summary>
    public Task AddPartitionsAsync(int choice) => PersistAsync(async () =>
    {
        var service = Choose(choice);
        var partitions = PartitionsOf(service.Topic) + Added;
        if (partitions > MostPartitions)
        {
            return;
        }

        if (service.Parks && PartitionsOf(service.ParkedTopic) < partitions)
        {
            await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = service.ParkedTopic, IncreaseTo = partitions }]);
        }

        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = service.Topic, IncreaseTo = partitions }]);
    });

    private static async Task PersistAsync(Func<Task> action)
    {
        for (var begun = Monotonic.Now; ;)
        {
            try
            {
                await action();
                return;
            }
            catch (KafkaException) when (Monotonic.Now - begun < s_patience.TotalMicroseconds)
            {
                await Task.Delay(s_pause);
            }
        }
    }
}

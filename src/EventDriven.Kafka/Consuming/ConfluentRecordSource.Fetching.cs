using Confluent.Kafka;
using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Consuming;

/// <content>Which partitions are fetched, and from where: pauses, seeks, and beginning anew.</content>
internal sealed partial class ConfluentRecordSource
{
    public void Pause(PartitionId partition)
    {
        _paused.Add(partition);
        try
        {
            _consumer.Pause([ToClient(partition)]);
        }
        catch (KafkaException exception)
        {
            LogRefused("pause", partition.Topic, partition.Partition, exception.Error.Reason);
        }
    }

    public void Resume(PartitionId partition)
    {
        _paused.Remove(partition);
        try
        {
            _consumer.Resume([ToClient(partition)]);
        }
        catch (KafkaException exception)
        {
            LogRefused("resume", partition.Topic, partition.Partition, exception.Error.Reason);
        }
    }

    /// <summary>In the client a pause outlives the assignment (librdkafka issue 1849): a partition that comes back would never be fetched.</summary>
    private void EndPauses(List<TopicPartitionOffset> ended)
    {
        foreach (var partition in ended)
        {
            if (!_closing && _paused.Contains(ToId(partition.TopicPartition)))
            {
                Resume(ToId(partition.TopicPartition));
            }
        }
    }

    public void BeginAgain(IReadOnlyCollection<PartitionId> partitions) => Assign([.. partitions.Select(static partition => new TopicPartitionOffset(ToClient(partition), Offset.Unset))]);

    public bool TryBeginAt(PartitionId partition, Position position) => Assign([ToClient(partition, position)]);

    private bool Assign(List<TopicPartitionOffset> places)
    {
        var isUnassigned = TryChange("unassign", () => _consumer.IncrementalUnassign(places.Select(static place => place.TopicPartition)));
        return TryChange("assign", () => _consumer.IncrementalAssign(places)) && isUnassigned;

        bool TryChange(string call, Action change)
        {
            try
            {
                change();
                return true;
            }
            catch (KafkaException exception)
            {
                LogRefused(call, places[0].Topic, places[0].Partition.Value, exception.Error.Reason);
                return false;
            }
        }
    }

    public bool TrySeek(PartitionId partition, long offset)
    {
        try
        {
            _consumer.Seek(new TopicPartitionOffset(ToClient(partition), offset));
            return true;
        }
        catch (KafkaException exception)
        {
            LogRefused("seek", partition.Topic, partition.Partition, exception.Error.Reason);
            return false;
        }
    }
}

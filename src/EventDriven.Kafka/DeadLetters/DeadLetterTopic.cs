using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace EventDriven.Kafka.DeadLetters;

/// <summary>One dead-letter topic, as it is asked of the brokers: its partitions, their bounds, and its records.</summary>
internal static class DeadLetterTopic
{
    /// <summary>Records taken from the client at a time: what is held of a listing.</summary>
    private const int Page = 256;

    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(200);

    /// <summary>The bounds of the partitions of a topic, asked of the brokers now.</summary>
    /// <exception cref="DeadLetterException">The topic does not exist, or the brokers did not answer.</exception>
    public static async Task<IReadOnlyList<PartitionBounds>> DescribeAsync(DeadLetterClients clients, string topic, CancellationToken cancellationToken)
    {
        var partitions = await CountPartitionsAsync(clients, topic, cancellationToken).ConfigureAwait(false)
            ?? throw new DeadLetterException($"The topic '{topic}' does not exist on the cluster '{clients.Cluster}'. Correct its name: that of a group's dead letters is GROUP--TOPIC--dlq unless its policy says otherwise.");
        var consumer = clients.CreateConsumer(group: null);
        await using (consumer.ConfigureAwait(false))
        {
            return await AskAsync(clients, topic, () => (IReadOnlyList<PartitionBounds>)[.. Enumerable.Range(0, partitions).Select(Ask)], cancellationToken).ConfigureAwait(false);
        }

        PartitionBounds Ask(int partition)
        {
            var bounds = consumer.Client.QueryWatermarkOffsets(new TopicPartition(topic, partition), DeadLetterClients.Timeout);
            return new PartitionBounds(partition, bounds.Low.Value, bounds.High.Value);
        }
    }

    /// <summary>How many partitions a topic has; null where it does not exist. By describing it: asking for its metadata creates it on some brokers.</summary>
    public static async Task<int?> CountPartitionsAsync(DeadLetterClients clients, string topic, CancellationToken cancellationToken)
    {
        var admin = clients.CreateAdmin();
        await using (admin.ConfigureAwait(false))
        {
            try
            {
                var described = await admin.Client.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]), new DescribeTopicsOptions { RequestTimeout = DeadLetterClients.Timeout })
                    .WaitAsync(cancellationToken).ConfigureAwait(false);
                return described.TopicDescriptions[0].Partitions.Count;
            }
            catch (DescribeTopicsException refused) when (refused.Results.TopicDescriptions is [{ Error.Code: ErrorCode.UnknownTopicOrPart }])
            {
                return null;
            }
            catch (KafkaException refused)
            {
                throw Failed(clients, topic, refused);
            }
        }
    }

    /// <summary>Reads partitions one after the other, each between two offsets.</summary>
    /// <exception cref="DeadLetterException">The brokers did not answer.</exception>
    public static async IAsyncEnumerable<ConsumeResult<byte[]?, byte[]?>> ReadAsync(
        DeadLetterClients clients, string topic, IEnumerable<PartitionBounds> partitions, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var consumer = clients.CreateConsumer(group: null);
        await using (consumer.ConfigureAwait(false))
        {
            foreach (var bounds in partitions)
            {
                if (bounds.Start >= bounds.End)
                {
                    continue;
                }

                consumer.Client.Assign(new TopicPartitionOffset(topic, bounds.Partition, bounds.Start));
                var isAtEnd = false;
                while (!isAtEnd)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var page = await AskAsync(clients, topic, () => Take(consumer.Client, bounds.End, out isAtEnd), cancellationToken).ConfigureAwait(false);
                    foreach (var record in page)
                    {
                        yield return record;
                    }
                }
            }
        }
    }

    /// <summary>Runs what blocks on brokers beside the caller, and tells what it throws in words.</summary>
    public static async Task<T> AskAsync<T>(DeadLetterClients clients, string topic, Func<T> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(ask, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException refused)
        {
            throw Failed(clients, topic, refused);
        }
    }

    public static DeadLetterException Failed(DeadLetterClients clients, string topic, KafkaException refused) => new(
        $"The brokers of the cluster '{clients.Cluster}' did not answer for '{topic}': {refused.Error.Reason.TrimEnd('.')} ({refused.Error.Code}). "
            + (Security.SecurityRemedies.For(refused.Error.Code, refused.Error.Reason) ?? "Check that they can be reached and that this client may read and write there."),
        refused);

    private static List<ConsumeResult<byte[]?, byte[]?>> Take(IConsumer<byte[]?, byte[]?> consumer, long end, out bool isAtEnd)
    {
        var page = new List<ConsumeResult<byte[]?, byte[]?>>();
        isAtEnd = false;
        while (page.Count < Page && consumer.Consume(page.Count == 0 ? PollTime : TimeSpan.Zero) is { } record)
        {
            isAtEnd = record.Offset.Value >= end - (record.IsPartitionEOF ? 0 : 1);
            if (!record.IsPartitionEOF && record.Offset.Value < end)
            {
                page.Add(record);
            }

            if (isAtEnd)
            {
                break;
            }
        }

        return page;
    }
}

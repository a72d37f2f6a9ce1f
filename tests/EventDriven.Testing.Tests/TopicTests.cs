using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace EventDriven.Testing.Tests;

public sealed class TopicTests : IDisposable
{
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start(options => options.Brokers = 3);

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task A_topic_has_the_partitions_and_replicas_it_was_created_with()
    {
        _kafka.CreateTopic("events", 7);
        _kafka.CreateTopic("defaults");

        using var admin = Admin();
        var result = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(["events", "defaults"]));

        Assert.Equal([7, 4], result.TopicDescriptions.Select(topic => topic.Partitions.Count));
        Assert.All(result.TopicDescriptions.SelectMany(topic => topic.Partitions), partition => Assert.Equal(3, partition.Replicas.Count));
    }

    [Fact]
    public async Task Describing_a_missing_topic_does_not_create_it_and_asking_for_its_metadata_does()
    {
        using var admin = Admin();

        Assert.Equal(ErrorCode.UnknownTopicOrPart, await Describe());
        Assert.Equal(ErrorCode.UnknownTopicOrPart, await Describe());
        admin.GetMetadata("missing", Clients.Patience);
        Assert.Equal(ErrorCode.NoError, await Describe());

        async Task<ErrorCode> Describe()
        {
            try
            {
                var result = await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(["missing"]));
                return result.TopicDescriptions[0].Error.Code;
            }
            catch (DescribeTopicsException exception)
            {
                return exception.Results.TopicDescriptions[0].Error.Code;
            }
        }
    }

    [Fact]
    public void A_topic_cannot_be_created_twice()
    {
        _kafka.CreateTopic("events");

        var exception = Assert.Throws<EmbeddedKafkaException>(() => _kafka.CreateTopic("events"));

        Assert.Contains("events", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_topic_starts_empty_when_it_is_created_again()
    {
        _kafka.CreateTopic("events", 1);
        using (var producer = Clients.Producer(_kafka))
            producer.Produce("events", 0, 3);

        _kafka.DeleteTopic("events");
        Assert.Throws<EmbeddedKafkaException>(() => _kafka.DeleteTopic("events"));
        _kafka.CreateTopic("events", 1);

        var watermarks = await _kafka.Observer.WatermarksAsync([new TopicPartition("events", 0)], TestContext.Current.CancellationToken);
        Assert.Equal(new Watermarks(0, 0), watermarks.Values.Single());
    }

    [Fact]
    public void Deleted_records_are_not_read()
    {
        _kafka.CreateTopic("events", 1);
        using var producer = Clients.Producer(_kafka);
        producer.Produce("events", 0, 5);

        _kafka.DeleteRecords("events", 0, 3);

        using var consumer = Clients.Subscribed(_kafka, "group", "events");
        Assert.Equal([3, 4], consumer.Next(2).Select(record => record.Offset.Value));
    }

    [Fact]
    public async Task Deleting_below_the_start_changes_nothing()
    {
        _kafka.CreateTopic("events", 1);
        using var producer = Clients.Producer(_kafka);
        producer.Produce("events", 0, 5);
        _kafka.DeleteRecords("events", 0, 4);

        _kafka.DeleteRecords("events", 0, 2);

        var watermarks = await _kafka.Observer.WatermarksAsync([new TopicPartition("events", 0)], TestContext.Current.CancellationToken);
        Assert.Equal(new Watermarks(4, 5), watermarks.Values.Single());
    }

    [Fact]
    public void Deleting_beyond_the_end_or_in_a_missing_partition_is_refused()
    {
        _kafka.CreateTopic("events", 1);

        Assert.Throws<EmbeddedKafkaException>(() => _kafka.DeleteRecords("events", 0, 1));
        Assert.Throws<EmbeddedKafkaException>(() => _kafka.DeleteRecords("events", 1, 0));
        Assert.Throws<EmbeddedKafkaException>(() => _kafka.DeleteRecords("missing", 0, 0));
        Assert.Throws<EmbeddedKafkaException>(() => _kafka.DeleteTopic("missing"));
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _kafka.BootstrapServers }).Build();
}

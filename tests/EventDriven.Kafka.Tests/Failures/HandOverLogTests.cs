using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Failures;

/// <summary>The client that hands failed events over, and how it finds out how many partitions a topic has.</summary>
public sealed class HandOverLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeInspector _inspector = new();

    [Fact]
    public async Task The_client_is_idempotent_waits_for_all_replicas_and_leaves_the_size_to_the_broker()
    {
        var services = new ServiceCollection();
        services.AddEventDriven("Kafka", static cluster =>
        {
            cluster.BootstrapServers = "broker:9092";
            cluster.Client["enable.idempotence"] = "false";
            cluster.Client["max.in.flight"] = "100";
            cluster.Client["message.max.bytes"] = "1000";
        });
        await using var provider = services.BuildServiceProvider();

        var settings = provider.GetRequiredService<HandOverLogs>()
            .SettingsFor(new ConsumerSettings { Name = "billing", Cluster = "Kafka", Options = new EventConsumerOptions(), CreateClientConfig = static () => new() })
            .ToDictionary();

        Assert.Equal(
            ("true", "all", "1000000000", "10000", "zstd"),
            (settings["enable.idempotence"], settings["acks"], settings["message.max.bytes"], settings["message.timeout.ms"], settings["compression.type"]));
        Assert.DoesNotContain("max.in.flight", settings.Keys);
    }

    [Fact]
    public async Task A_topic_is_described_once_and_again_when_a_write_finds_that_it_has_changed()
    {
        _inspector.Answer = static _ => new TopicInspection { Shapes = new Dictionary<string, TopicShape> { ["dead"] = new(6, 1) } };
        var partitions = new TopicPartitions(_inspector, _time);

        Assert.Equal(6, await partitions.CountAsync("Kafka", "dead"));
        Assert.Equal(6, await partitions.CountAsync("Kafka", "dead"));
        Assert.Single(_inspector.Asked);

        partitions.Forget("Kafka", "dead");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(6, await partitions.CountAsync("Kafka", "dead"));
        Assert.Equal(2, _inspector.Asked.Count);
    }

    [Fact]
    public async Task What_can_t_be_found_out_is_asked_for_once_a_second_however_many_ask()
    {
        _inspector.Answer = static _ => new TopicInspection { Missing = ["dead"] };
        var partitions = new TopicPartitions(_inspector, _time);

        for (var i = 0; i < 100; i++)
        {
            var refused = await Assert.ThrowsAsync<EventProduceException>(() => partitions.CountAsync("Kafka", "dead").AsTask());
            Assert.Equal(ProduceFailureReason.UnknownTopicOrPartition, refused.Reason);
        }

        Assert.Single(_inspector.Asked);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<EventProduceException>(() => partitions.CountAsync("Kafka", "dead").AsTask());
        Assert.Equal(2, _inspector.Asked.Count);
    }
}

using EventDriven.Kafka.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>Topics for failed events are looked at before they are needed.</summary>
public sealed class FailureTopicProvisionerTests : IAsyncDisposable
{
    private const string Stopping = """{ "Kafka": { "BootstrapServers": "broker:9092", "WhenUnreachable": "StopHost" } }""";

    private readonly TestHost _test = new(Stopping);
    private readonly FakeTopicAdmin _admin = new();
    private readonly Dictionary<string, TopicShape> _shapes = new() { ["orders"] = new TopicShape(6, 3) };

    public FailureTopicProvisionerTests()
    {
        _test.Services.AddKeyedSingleton<ITopicAdmin>("Kafka", _admin);
        _admin.Set("orders", ("max.message.bytes", "1000000"), ("min.insync.replicas", "2"));
        _test.Inspector.AnswerAbout = topics => new TopicInspection
        {
            Missing = [.. topics.Where(topic => !_shapes.ContainsKey(topic))],
            Shapes = _shapes,
        };
    }

    [Fact]
    public async Task What_is_missing_is_an_error_with_the_command_that_creates_it_all_at_once()
    {
        _test.Consumer(configure: c => c.OnFailure(f => f.ThenRetryTopics("5s", "10m").AllowReordering().ThenDeadLetter(d => d.Route<TimeoutException>("slow"))));

        Assert.Equal(
            [
                Missing("inventory--orders--retry-5s", "where events of 'orders' wait 5s for their next attempt", "--config cleanup.policy=delete --config retention.ms=604805000 --config max.message.bytes=1014336"),
                Missing("inventory--orders--retry-10m", "where events of 'orders' wait 10m for their next attempt", "--config cleanup.policy=delete --config retention.ms=605400000 --config max.message.bytes=1014336"),
                Missing("slow", "the dead letters of 'orders'", "--config cleanup.policy=delete --config retention.ms=-1 --config retention.bytes=-1 --config max.message.bytes=1014336"),
                Missing("inventory--orders--dlq", "the dead letters of 'orders'", "--config cleanup.policy=delete --config retention.ms=-1 --config retention.bytes=-1 --config max.message.bytes=1014336"),
            ],
            await _test.ErrorsAtStartAsync());
        Assert.Empty(_admin.Asked);
    }

    [Fact]
    public async Task Where_the_consumer_says_so_it_is_created_as_its_source_is()
    {
        _test.Consumer(configure: c => c.InKeyOrder(16).ProvisionTopics().OnFailure(f => f.ThenRetryTopics("5s").KeepKeyOrder().ThenDeadLetter()));

        // What was created is known at the next look.
        _test.Inspector.Seen = topics => topics.Where(static topic => topic.Contains("--", StringComparison.Ordinal)).ToList().ForEach(topic => _shapes.TryAdd(topic, new TopicShape(6, 3)));
        await _test.StartAsync();

        Assert.Equal(
            [
                "create inventory--orders--parked 6x3 cleanup.policy=delete retention.ms=-1 retention.bytes=-1 max.message.bytes=1014336 min.insync.replicas=2",
                "create inventory--orders--dlq 6x3 cleanup.policy=delete retention.ms=-1 retention.bytes=-1 max.message.bytes=1014336 min.insync.replicas=2",
            ],
            _admin.Asked);
    }

    [Fact]
    public async Task What_can_t_be_created_is_told_in_the_brokers_words()
    {
        _admin.Refusal = "Authorization failed.";
        _test.Consumer(configure: c => c.ProvisionTopics().OnFailure(f => f.ThenDeadLetter("dead")));

        var error = Assert.Single(await _test.ErrorsAtStartAsync());

        Assert.Contains("'dead', the dead letters of 'orders', does not exist, and can't be created (Authorization failed) on the cluster 'Kafka'. Create it: kafka-topics.sh", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_would_lose_events_are_told_with_the_command_that_mends_them()
    {
        _shapes["inventory--orders--parked"] = new TopicShape(4, 3);
        _shapes["inventory--orders--dlq"] = new TopicShape(1, 3);
        _admin.Set("inventory--orders--parked", ("cleanup.policy", "compact,delete"), ("retention.ms", "604800000"), ("retention.bytes", "5"), ("max.message.bytes", "1004096"));
        _admin.Set("inventory--orders--dlq", ("cleanup.policy", "delete"), ("retention.ms", "604800000"), ("max.message.bytes", "1004095"));
        _test.Consumer(configure: c => c.InKeyOrder(16).OnFailure(f => f.ThenRetryTopics("5s").KeepKeyOrder().ThenDeadLetter()));

        Assert.Equal(
            [
                "consumer 'inventory', OnFailure: 'inventory--orders--parked', where events of 'orders' are parked, is not as it must be: "
                + "it has 4 partition(s), and needs the 6 of 'orders'. Extend it: kafka-topics.sh --bootstrap-server broker:9092 --alter --topic inventory--orders--parked --partitions 6 "
                + "it is compacted, which deletes all but the last event of a key and refuses events without one; it deletes records after 604800000 ms, and what is parked must stay until it is done; "
                + "it keeps 5 bytes of a partition only, and what is parked must stay until it is done. Set: kafka-configs.sh --bootstrap-server broker:9092 --alter --entity-type topics "
                + "--entity-name inventory--orders--parked --add-config cleanup.policy=delete,retention.ms=-1,retention.bytes=-1",
                "consumer 'inventory', OnFailure: 'inventory--orders--dlq', the dead letters of 'orders', is not as it must be: "
                + "it takes records of 1004095 bytes, and those of 'orders' may have 1000000 and get headers beside them. Set: kafka-configs.sh --bootstrap-server broker:9092 --alter --entity-type topics "
                + "--entity-name inventory--orders--dlq --add-config max.message.bytes=1014336",
            ],
            await _test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task A_retry_topic_must_keep_its_records_until_they_are_due_and_may_have_fewer_partitions()
    {
        _shapes["inventory--orders--retry-1d"] = new TopicShape(1, 3);
        _admin.Set("inventory--orders--retry-1d", ("retention.ms", "86400000"));
        _test.Consumer(configure: c => c.OnFailure(f => f.ThenRetryTopics("1d").AllowReordering()));

        var error = Assert.Single(await _test.ErrorsAtStartAsync());

        Assert.Contains("it deletes records after 86400000 ms, before they are due after 1d. Set:", error, StringComparison.Ordinal);
        Assert.EndsWith("--add-config retention.ms=691200000", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parked_topic_with_fewer_partitions_than_its_source_is_extended()
    {
        _shapes["inventory--orders--parked"] = new TopicShape(4, 3);
        _test.Consumer(configure: c => c.InKeyOrder(16).ProvisionTopics().OnFailure(f => f.ThenRetryTopics("5s").KeepKeyOrder()));

        await _test.StartAsync();

        Assert.Equal(["extend inventory--orders--parked 6"], _admin.Asked);
    }

    [Fact]
    public async Task A_topic_that_several_sources_share_has_the_partitions_of_the_largest()
    {
        _shapes["returns"] = new TopicShape(12, 2);
        _test.Inspector.Seen = topics => topics.Where(static topic => topic == "dead").ToList().ForEach(topic => _shapes.TryAdd(topic, new TopicShape(12, 3)));
        _test.Consumer(["orders", "returns"], configure: c => c.ProvisionTopics().OnFailure(f => f.ThenDeadLetter("dead")));

        await _test.StartAsync();

        Assert.StartsWith("create dead 12x3 ", Assert.Single(_admin.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rights_that_are_missing_are_told_with_the_command_that_gives_them()
    {
        _shapes["dead"] = new TopicShape(1, 1);
        _test.Inspector.AnswerAbout = _ => new TopicInspection { Shapes = _shapes, NotWritable = ["dead"] };
        _test.Consumer(configure: c => c.OnFailure(f => f.ThenDeadLetter("dead")));

        Assert.EndsWith(
            "the principal of this client has no right to Write it. Give it: kafka-acls.sh --bootstrap-server broker:9092 --add --allow-principal User:NAME --operation Write --topic dead",
            Assert.Single(await _test.ErrorsAtStartAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("returns")]
    public async Task Dead_letters_that_would_come_back_to_their_own_consumer_are_refused(string topic)
    {
        _test.Consumer(["orders", "returns"], configure: c => c.OnFailure(f => f.ThenDeadLetter(d => d.Topic("dead").Route<TimeoutException>(topic))));

        Assert.Equal(
            [$"consumer 'inventory', OnFailure: ThenDeadLetter: dead letters would go to '{topic}', which the consumer reads itself: they would fail there again and again. Give them another topic, or read that one by a consumer of its own."],
            await _test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task Names_that_Kafka_does_not_allow_and_routes_that_are_never_taken_are_refused()
    {
        _test.Consumer(configure: c => c.OnFailure(f => f.ThenDeadLetter(d => d.Topic("de ad").Route<Exception>("all").Route<TimeoutException>("slow"))));

        var errors = await _test.ErrorsAtStartAsync();

        Assert.Equal(2, errors.Count);
        Assert.Contains(errors, static error => error.Contains("'de ad' has characters", StringComparison.Ordinal));
        Assert.Contains(errors, static error => error.Contains("the route of TimeoutException is never taken, since that of Exception is said before", StringComparison.Ordinal));
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    private static string Missing(string topic, string purpose, string settings) =>
        $"consumer 'inventory', OnFailure: '{topic}', {purpose}, does not exist on the cluster 'Kafka'. Say ProvisionTopics(), or create it: "
        + $"kafka-topics.sh --bootstrap-server broker:9092 --create --topic {topic} --partitions 6 --replication-factor 3 {settings} --config min.insync.replicas=2";
}

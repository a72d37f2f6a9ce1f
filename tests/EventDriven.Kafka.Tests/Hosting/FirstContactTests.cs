using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Hosting;

public class FirstContactTests
{
    private const string NoBroker =
        "cluster 'Kafka', BootstrapServers: no broker answers at 'broker:9092' (Connection refused). Start the brokers, or correct the address or the settings in Security.";

    private const string NoOrders =
        "'orders' does not exist on the cluster 'Kafka'. Correct the name, or create it: kafka-topics.sh --bootstrap-server broker:9092 --create --topic orders --partitions N";

    private static readonly TopicInspection Unreachable = new() { Unreachable = "Connection refused" };

    [Fact]
    public async Task By_option_the_host_does_not_start_without_brokers_and_topics_and_all_that_is_missing_is_told_at_once()
    {
        await using var test = Stopping();
        test.Services.AddEventDriven("Audit", options =>
        {
            options.BootstrapServers = "audit:9092";
            options.WhenUnreachable = UnreachableAction.StopHost;
        });
        test.Services.AddSingleton(new ProducerRegistration("returns", null));
        test.Services.Configure<EventProducerOptions>("returns", options => options.Topic = "returns");
        test.Consumer().Consumer(["orders", "secrets", "known"], "billing").Consumer("log", "audit", c => c.OnCluster("Audit"));
        test.Inspector.Answer = cluster => cluster == "Audit"
            ? new TopicInspection { Unreachable = "Authentication failed." }
            : new TopicInspection { Missing = ["orders", "returns"], Refused = new Dictionary<string, string> { ["secrets"] = "Topic authorization failed" } };

        Assert.Equal(
            [
                $"consumer 'inventory', Topics: {NoOrders}",
                $"consumer 'billing', Topics: {NoOrders}",
                "consumer 'billing', Topics: the cluster 'Kafka' refuses to describe 'secrets' (Topic authorization failed). Give this client the right to it: Read for a consumer, Write for a producer.",
                "producer 'returns', Topic: 'returns' does not exist on the cluster 'Kafka'. Correct the name, or create it: "
                + "kafka-topics.sh --bootstrap-server broker:9092 --create --topic returns --partitions N",
                "cluster 'Audit', BootstrapServers: no broker answers at 'audit:9092' (Authentication failed). Start the brokers, or correct the address or the settings in Security.",
            ],
            await test.ErrorsAtStartAsync());
        Assert.Equal(["Audit: log", "Kafka: known, orders, returns, secrets"], test.Inspector.Asked.Order(StringComparer.Ordinal));
        Assert.Empty(test.Runners.Log);
    }

    [Fact]
    public async Task By_default_the_host_runs_and_the_consumer_starts_by_itself_once_a_broker_answers()
    {
        await using var test = new TestHost();
        test.Inspector.Answer = _ => Unreachable;
        await test.Consumer().StartAsync();
        Assert.Equal(TimeSpan.FromSeconds(1), await test.Time.NextWaitAsync());
        Assert.Equal(ConsumerState.WaitingForCluster, test.Control().State);
        Assert.Empty(test.Runners.Log);

        // Still away: looked at again, after growing pauses, and told once.
        test.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(2), await test.Time.NextWaitAsync());
        test.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(4), await test.Time.NextWaitAsync());
        Assert.Equal([$"The cluster 'Kafka' is not as its consumers and producers need it; it is looked at again until it is:{Environment.NewLine}  - {NoBroker}"], test.Logs.Of(1000));

        test.Inspector.Answer = static _ => new TopicInspection();
        test.Time.Advance(TimeSpan.FromSeconds(4));
        await test.Runners["inventory"].Started.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(ConsumerState.Running, test.Control().State);
    }

    [Fact]
    public async Task A_refusal_is_told_with_its_remedy_and_rights_are_looked_at_by_who_needs_them()
    {
        await using var test = Stopping();
        test.Services.AddEventDriven("Audit", options =>
        {
            options.BootstrapServers = "audit:9092";
            options.WhenUnreachable = UnreachableAction.StopHost;
        });
        test.Services.AddSingleton(new ProducerRegistration("returns", null));
        test.Services.Configure<EventProducerOptions>("returns", options => options.Topic = "returns");
        test.Consumer(["orders", "returns"]).Consumer("log", "audit", c => c.OnCluster("Audit"));
        test.Inspector.Answer = cluster => cluster == "Audit"
            ? new TopicInspection { Unreachable = "Authentication failed.", Remedy = "Correct the password." }
            : new TopicInspection { NotReadable = ["orders"], NotWritable = ["orders", "returns"] };

        Assert.Equal(
            [
                "consumer 'inventory', Topics: the principal of this client has no right to Read 'orders' on the cluster 'Kafka'. "
                + "Give it: kafka-acls.sh --bootstrap-server broker:9092 --add --allow-principal User:NAME --operation Read --topic orders",
                "producer 'returns', Topic: the principal of this client has no right to Write 'returns' on the cluster 'Kafka'. "
                + "Give it: kafka-acls.sh --bootstrap-server broker:9092 --add --allow-principal User:NAME --operation Write --topic returns",
                "cluster 'Audit', Security: the brokers at 'audit:9092' can't be used (Authentication failed). Correct the password.",
            ],
            await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task A_missing_topic_keeps_only_its_own_consumer_waiting()
    {
        await using var test = new TestHost();
        test.Inspector.Answer = static _ => new TopicInspection { Missing = ["orders"] };
        await test.Consumer().Consumer("returns", "billing").StartAsync();

        await test.Runners["billing"].Started.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(ConsumerState.WaitingForCluster, test.Control().State);
        Assert.Equal(ConsumerState.Running, test.Control("billing").State);
    }

    [Fact]
    public async Task A_stop_ends_the_waiting()
    {
        await using var test = new TestHost();
        test.Inspector.Answer = static _ => Unreachable;
        await test.Consumer().StartAsync();
        await test.Time.NextWaitAsync();

        await test.StopAsync();

        Assert.Equal(ConsumerState.Stopped, test.Control().State);
        Assert.DoesNotContain("inventory started", test.Runners.Log);
    }

    [Fact]
    public async Task Clusters_that_nothing_uses_are_not_asked()
    {
        await using var test = new TestHost();
        test.Services.AddEventDriven("Audit", options => options.BootstrapServers = "audit:9092");

        await test.Consumer().StartAsync();
        await test.Runners["inventory"].Started.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["Kafka: orders"], test.Inspector.Asked);
    }

    private static TestHost Stopping() => new("""{ "Kafka": { "BootstrapServers": "broker:9092", "WhenUnreachable": "StopHost" } }""");
}

using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Configuration;

/// <summary>Several clusters in one host: each consumer and producer gets the brokers, settings and section of its own.</summary>
public class ClustersTests
{
    private const string TwoClusters = """
        {
          "Kafka": { "BootstrapServers": "broker:9092", "Client": { "socket.timeout.ms": "11000" }, "Producers": { "orders": { "Linger": "00:00:00.007" } } },
          "Audit": {
            "BootstrapServers": "audit:9092",
            "Client": { "socket.timeout.ms": "22000" },
            "Consumers": { "auditing": { "MaxConcurrency": 3 } },
            "Producers": { "log": { "Topic": "log-v2", "Linger": "00:00:00.009", "Client": { "compression.type": "zstd" } } }
          }
        }
        """;

    [Fact]
    public async Task Consumers_run_on_the_cluster_that_they_choose_and_else_on_the_first()
    {
        await using var test = new TestHost(TwoClusters);
        test.Builder.AddEventDriven("Audit");
        test.Services.AddEventProducer<string>("orders");
        test.Services.AddEventProducer<byte[]>("log", static p => p.OnCluster("Audit"));
        await test.Consumer().Consumer(["orders", "payments"], "auditing", c => c.OnCluster("audit")).StartAsync();

        var inventory = test.Runners["inventory"].Settings;
        var auditing = test.Runners["auditing"].Settings;

        Assert.Equal(("Kafka", "broker:9092", 11_000), (inventory.Cluster, inventory.CreateClientConfig().BootstrapServers, inventory.CreateClientConfig().SocketTimeoutMs));
        Assert.Equal(("Audit", "audit:9092", 22_000), (auditing.Cluster, auditing.CreateClientConfig().BootstrapServers, auditing.CreateClientConfig().SocketTimeoutMs));
        Assert.Equal(3, auditing.Options.MaxConcurrency);
        Assert.Equal(["orders", "payments"], auditing.Options.Topics);
    }

    [Fact]
    public async Task Producers_write_to_the_cluster_that_they_choose_with_what_configuration_says_over_code()
    {
        await using var test = new TestHost(TwoClusters);
        test.Builder.AddEventDriven("Audit");
        test.Consumer(group: "auditing", configure: c => c.OnCluster("Audit"));
        test.Services.AddEventProducer<string>("orders");
        test.Services.AddEventProducer<byte[]>("log", static p => p.OnCluster("Audit").Configure(static options =>
        {
            options.Linger = TimeSpan.FromSeconds(1);
            options.DeliveryTimeout = TimeSpan.FromSeconds(30);
            options.Client["compression.type"] = "lz4";
            options.Client["batch.size"] = "1000";
        }));
        await test.StartAsync();

        var composer = test.Host.Services.GetRequiredService<ProducerSettingsComposer>();
        var settings = test.Host.Services.GetServices<ProducerBlueprint>().Select(producer => composer.Compose(producer, [])!).ToArray();

        Assert.Equal(("Kafka", "broker:9092", "orders", 7.0), (settings[0].Cluster, settings[0].Client.BootstrapServers, settings[0].Options.Topic, settings[0].Client.LingerMs));
        Assert.Equal(("Audit", "audit:9092", "log-v2", 9.0), (settings[1].Cluster, settings[1].Client.BootstrapServers, settings[1].Options.Topic, settings[1].Client.LingerMs));
        Assert.Equal(TimeSpan.FromSeconds(30), settings[1].Options.DeliveryTimeout);
        Assert.Equal(Confluent.Kafka.CompressionType.Zstd, settings[1].Client.CompressionType);
        Assert.Equal(1_000, settings[1].Client.BatchSize);
    }

    [Fact]
    public async Task Producers_of_two_clusters_never_share_a_client()
    {
        await using var test = new TestHost();
        test.Services.AddEventDriven("Audit", static options => options.BootstrapServers = "broker:9092");
        test.Services.AddEventProducer<string>("orders");
        test.Services.AddEventProducer<byte[]>("log", static p => p.OnCluster("Audit"));
        test.Services.AddEventProducer<Guid>("ids", static p => p.OnCluster("Kafka"));
        var pool = test.Host.Services.GetRequiredService<ProducerClientPool>();
        var composer = test.Host.Services.GetRequiredService<ProducerSettingsComposer>();

        var clients = test.Host.Services.GetServices<ProducerBlueprint>().Select(producer => composer.Compose(producer, [])!)
            .Select(settings => pool.Get(settings.Cluster, settings.Client)).ToArray();

        Assert.NotSame(clients[0], clients[1]);
        Assert.Same(clients[0], clients[2]);
    }

    [Fact]
    public async Task A_consumer_without_a_cluster()
    {
        await using var test = new TestHost(addKafka: false);
        test.Consumer();

        Assert.Equal(
            ["consumer 'inventory', OnCluster: no cluster is registered. Call AddEventDriven, such as builder.AddEventDriven(\"Kafka\")."], await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task A_cluster_of_another_name_is_told_with_the_nearest()
    {
        await using var test = new TestHost();
        test.Services.AddEventDriven("Audit", options => options.BootstrapServers = "audit:9092");
        test.Consumer(configure: c => c.OnCluster("Audti"));

        Assert.Equal(
            ["consumer 'inventory', OnCluster: there is no cluster 'Audti'. Did you mean 'Audit'? Register it with AddEventDriven, or choose another with OnCluster."],
            await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task A_section_of_a_consumer_on_another_cluster()
    {
        await using var test = new TestHost("""
            { "Kafka": { "BootstrapServers": "broker:9092", "Consumers": { "inventory": { } } }, "Audit": { "BootstrapServers": "audit:9092" } }
            """);
        test.Builder.AddEventDriven("Audit");
        test.Builder.Configuration["Kafka:Consumers:inventory:MaxReplay"] = "5";
        test.Consumer(configure: c => c.OnCluster("Audit"));

        Assert.Equal(
            ["cluster 'Kafka', Kafka:Consumers:inventory: the consumer of this name is on the cluster 'Audit'. Move the section there."], await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task A_cluster_that_is_registered_twice()
    {
        await using var test = new TestHost();
        test.Builder.AddEventDriven("Kafka");

        Assert.Equal(["cluster 'Kafka', AddEventDriven: it is registered more than once. Register it once."], await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task A_producer_on_a_cluster_that_is_not_registered()
    {
        await using var test = new TestHost();
        test.Services.AddEventProducer<string>("orders", static p => p.OnCluster("Kafak"));

        Assert.Equal(
            ["producer 'orders', OnCluster: there is no cluster 'Kafak'. Did you mean 'Kafka'? Register it with AddEventDriven, or choose another with OnCluster."],
            await test.ErrorsAtStartAsync());
    }
}

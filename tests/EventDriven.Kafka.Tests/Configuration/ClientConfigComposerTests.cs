using Confluent.Kafka;
using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Tests.Configuration;

public class ClientConfigComposerTests
{
    private readonly ClientConfigComposer _composer = new("shop");
    private readonly KafkaClusterOptions _cluster = new() { BootstrapServers = "broker:9092" };
    private readonly EventProducerOptions _producer = new() { Topic = "orders" };
    private readonly EventConsumerOptions _consumer = new() { Topics = ["orders"], Group = "inventory" };
    private readonly List<ConfigurationError> _errors = [];

    [Fact]
    public void A_producer_is_idempotent_waits_for_all_replicas_and_partitions_like_Java_by_default()
    {
        var config = Producer();

        Assert.Empty(_errors);
        Assert.Equal("broker:9092", config.BootstrapServers);
        Assert.Equal("shop", config.ClientId);
        Assert.True(config.EnableIdempotence);
        Assert.Equal(Acks.All, config.Acks);
        Assert.Equal(Partitioner.Murmur2Random, config.Partitioner);
        Assert.Equal(120_000, config.MessageTimeoutMs);
        Assert.Equal(5, config.LingerMs);
    }

    [Fact]
    public void Settings_of_the_cluster_the_producer_and_the_code_override_each_other_in_this_order()
    {
        _cluster.Client["compression.type"] = "gzip";
        _cluster.Client["batch.size"] = "1000";
        _cluster.Client["socket.keepalive.enable"] = "true";
        _producer.Client["compression.type"] = "lz4";
        _producer.Client["batch.size"] = "2000";

        var config = Producer(c => c.BatchSize = 3000);

        Assert.Empty(_errors);
        Assert.True(config.SocketKeepaliveEnable);
        Assert.Equal(CompressionType.Lz4, config.CompressionType);
        Assert.Equal(3000, config.BatchSize);
    }

    [Fact]
    public void Settings_of_the_cluster_reach_only_the_kind_of_client_that_takes_them()
    {
        _cluster.Client["fetch.min.bytes"] = "10";
        _cluster.Client["compression.type"] = "gzip";

        Assert.DoesNotContain(Producer(), setting => setting.Key == "fetch.min.bytes");
        Assert.DoesNotContain(Consumer(), setting => setting.Key == "compression.type");
        Assert.Equal(10, Consumer().FetchMinBytes);
        Assert.Equal(CompressionType.Gzip, Producer().CompressionType);
        Assert.Empty(_errors);
    }

    [Fact]
    public void A_consumer_refuses_what_the_library_must_own_with_a_reason_all_at_once()
    {
        _consumer.Client["enable.auto.commit"] = "true";
        _consumer.Client["group.id"] = "other";

        var config = Consumer(c =>
        {
            c.AutoOffsetReset = AutoOffsetReset.Latest;
            c.EnableAutoOffsetStore = true;
            c.PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range;
            c.GroupProtocol = GroupProtocol.Classic;
            c.EnablePartitionEof = false;
            c.AutoCommitIntervalMs = 100;
            c.BootstrapServers = "elsewhere:9092";
        });

        Assert.Equal(
            [
                "consumer 'inventory', Client:enable.auto.commit: the library commits a position only when its event was handled; the client would commit events that were merely read.",
                "consumer 'inventory', Client:group.id: the group is given with the registration, or by the option Group.",
                "consumer 'inventory', ConfigureClient, auto.commit.interval.ms: set the option CommitInterval.",
                "consumer 'inventory', ConfigureClient, auto.offset.reset: set the option StartAt; the client's own setting also applies after the first start, and would pass over events written before the first commit.",
                "consumer 'inventory', ConfigureClient, bootstrap.servers: the brokers belong to the cluster: set its BootstrapServers; for other brokers add another cluster and choose it with OnCluster.",
                "consumer 'inventory', ConfigureClient, enable.auto.offset.store: the library commits a position only when its event was handled; the client would commit events that were merely read.",
                "consumer 'inventory', ConfigureClient, enable.partition.eof: the library needs the ends of partitions to move positions past records that no consumer sees.",
                "consumer 'inventory', ConfigureClient, group.protocol: set the option GroupProtocol.",
                "consumer 'inventory', ConfigureClient, partition.assignment.strategy: set the option ClassicAssignor; for an assignor of the broker set group.remote.assignor.",
            ],
            _errors.Select(error => error.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal("broker:9092", config.BootstrapServers);
        Assert.DoesNotContain(config, setting => setting.Key is "auto.offset.reset" or "enable.auto.commit" or "group.id");
    }

    [Theory]
    [InlineData("auto.commit.enable")]
    [InlineData("auto.commit.interval.ms")]
    [InlineData("auto.offset.reset")]
    [InlineData("bootstrap.servers")]
    [InlineData("consume.callback.max.messages")]
    [InlineData("dotnet.consumer.consume.result.fields")]
    [InlineData("enable.auto.commit")]
    [InlineData("enable.auto.offset.store")]
    [InlineData("enable.partition.eof")]
    [InlineData("group.id")]
    [InlineData("group.protocol")]
    [InlineData("group.protocol.type")]
    [InlineData("metadata.broker.list")]
    [InlineData("offset.store.method")]
    [InlineData("offset.store.path")]
    [InlineData("offset.store.sync.interval.ms")]
    [InlineData("partition.assignment.strategy")]
    [InlineData("queued.max.messages.kbytes")]
    [InlineData("queued.min.messages")]
    public void Each_setting_that_a_consumer_must_own_is_refused_in_configuration_and_in_code(string name)
    {
        _consumer.Client[name] = "1";
        var config = Consumer(client => client.Set(name, "2"));

        Assert.Equal(
            [$"Client:{name}", $"ConfigureClient, {name}"],
            _errors.Select(error => error.Property));
        Assert.All(_errors, error => Assert.Equal(OwnedClientSettings.ReasonForConsumer(name), error.Problem));
        Assert.DoesNotContain(config, setting => setting.Key == name && setting.Value is "1" or "2");
    }

    [Theory]
    [InlineData("bootstrap.servers")]
    [InlineData("delivery.report.only.error")]
    [InlineData("delivery.timeout.ms")]
    [InlineData("dotnet.producer.delivery.report.fields")]
    [InlineData("dotnet.producer.enable.background.poll")]
    [InlineData("dotnet.producer.enable.delivery.reports")]
    [InlineData("linger.ms")]
    [InlineData("message.timeout.ms")]
    [InlineData("metadata.broker.list")]
    [InlineData("produce.offset.report")]
    [InlineData("queue.buffering.max.ms")]
    [InlineData("transactional.id")]
    public void Each_setting_that_a_producer_must_own_is_refused_in_configuration_and_in_code(string name)
    {
        _producer.Client[name] = "1";
        var config = Producer(client => client.Set(name, "2"));

        Assert.Equal([$"Client:{name}", $"ConfigureClient, {name}"], _errors.Select(error => error.Property));
        Assert.All(_errors, error => Assert.Equal(OwnedClientSettings.ReasonForProducer(name, "2"), error.Problem));
        Assert.DoesNotContain(config, setting => setting.Key == name && setting.Value is "1" or "2");
    }

    [Theory]
    [InlineData(ConsumerGroupProtocol.Consumer, "session.timeout.ms")]
    [InlineData(ConsumerGroupProtocol.Consumer, "heartbeat.interval.ms")]
    [InlineData(ConsumerGroupProtocol.Classic, "group.remote.assignor")]
    public void A_setting_of_the_cluster_reaches_only_consumers_whose_protocol_accepts_it(ConsumerGroupProtocol protocol, string name)
    {
        _cluster.Client[name] = "2000";
        _consumer.GroupProtocol = protocol;

        Assert.DoesNotContain(Consumer(), setting => setting.Key == name);
        Assert.Empty(_errors);

        _consumer.GroupProtocol = ConsumerGroupProtocol.Auto;
        Assert.Contains(Consumer(), setting => setting.Key == name);
    }

    [Fact]
    public void A_poll_limit_below_the_default_session_timeout_is_fine_with_the_protocol_that_has_none()
    {
        _consumer.Client["max.poll.interval.ms"] = "20000";
        _consumer.GroupProtocol = ConsumerGroupProtocol.Consumer;
        Consumer();
        Assert.Empty(_errors);

        _consumer.GroupProtocol = ConsumerGroupProtocol.Classic;
        Consumer();
        Assert.Contains("`session.timeout.ms`", Assert.Single(_errors).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acks", "1", "only 'all' is accepted: an event that is acknowledged earlier can be lost with the broker that acknowledged it.")]
    [InlineData("request.required.acks", "0", "only 'all' is accepted: an event that is acknowledged earlier can be lost with the broker that acknowledged it.")]
    [InlineData("linger.ms", "3", "set the option Linger.")]
    [InlineData("message.timeout.ms", "3", "set the option DeliveryTimeout.")]
    [InlineData("transactional.id", "x", "this producer does not run transactions; a client with this setting accepts no event outside of one.")]
    [InlineData("delivery.report.only.error", "true", "without its delivery report no event can be acknowledged to the code that produced it.")]
    [InlineData("fetch.min.bytes", "1", "it is a setting of consumers, which a producer ignores. Remove it.")]
    [InlineData("compression.tipe", "gzip", "the Kafka client has no such setting. Did you mean 'compression.type'?")]
    [InlineData("batch.size", "many", "the Kafka client refuses it: Invalid value for configuration property \"batch.size\".")]
    public void A_producer_refuses_a_setting_with_a_reason(string name, string value, string reason)
    {
        _producer.Client[name] = value;

        Producer();

        Assert.Equal([$"producer 'orders', Client:{name}: {reason}"], _errors.Select(error => error.ToString()));
    }

    [Theory]
    [InlineData("acks", "all")]
    [InlineData("acks", "-1")]
    [InlineData("partitioner", "consistent_random")]
    [InlineData("retries", "10")]
    public void A_producer_accepts_what_is_safe(string name, string value)
    {
        _producer.Client[name] = value;

        Assert.Contains(new KeyValuePair<string, string>(name, value), Producer());
        Assert.Empty(_errors);
    }

    [Fact]
    public void Without_idempotence_only_one_request_is_on_its_way_so_that_order_holds()
    {
        Assert.Equal(1, Producer(c => c.EnableIdempotence = false).MaxInFlight);
        Assert.Null(Producer().MaxInFlight);
        Assert.Equal(3, Producer(c => { c.EnableIdempotence = false; c.MaxInFlight = 3; }).MaxInFlight);
        Assert.Empty(_errors);
    }

    [Fact]
    public void What_the_client_refuses_is_told_for_each_setting()
    {
        _consumer.Client["fetch.min.bytes"] = "few";
        _consumer.Client["security.protocol"] = "carrier-pigeon";

        Consumer();

        Assert.Equal(
            [
                "consumer 'inventory', Client:fetch.min.bytes: the Kafka client refuses it: Invalid value for configuration property \"fetch.min.bytes\".",
                "consumer 'inventory', Client:security.protocol: the Kafka client refuses it: Invalid value \"carrier-pigeon\" for configuration property \"security.protocol\".",
            ],
            _errors.Select(error => error.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_wrong_with_the_cluster_is_told_once_for_the_cluster()
    {
        _cluster.Client["security.protocol"] = "carrier-pigeon";
        _cluster.Client["enable.auto.commit"] = "true";
        _cluster.Client["linger.ms"] = "true";

        ClientConfigComposer.CheckCluster("cluster 'Kafka'", _cluster, _errors);
        Consumer();
        Producer();

        Assert.All(_errors, error => Assert.Equal("cluster 'Kafka'", error.Subject));
        Assert.Equal(["Client:enable.auto.commit", "Client:linger.ms", "Client:security.protocol"], _errors.Select(error => error.Property).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ConfigureClient_that_throws_is_one_of_the_errors()
    {
        Consumer(_ => throw new InvalidOperationException("no certificate"));

        Assert.Equal(["consumer 'inventory', ConfigureClient: threw InvalidOperationException: no certificate"], _errors.Select(error => error.ToString()));
    }

    private ProducerConfig Producer(Action<ProducerConfig>? configure = null) =>
        _composer.CreateProducerConfig("producer 'orders'", _cluster, _producer, configure, _errors);

    private ConsumerConfig Consumer(Action<ConsumerConfig>? configure = null) =>
        _composer.CreateConsumerConfig("consumer 'inventory'", _cluster, _consumer, configure, _errors);
}

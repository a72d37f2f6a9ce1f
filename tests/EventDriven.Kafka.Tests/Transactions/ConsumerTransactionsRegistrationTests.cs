using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Transactions;

/// <summary>What a consumer with transactions is refused with at start, and what its two clients are made with.</summary>
public sealed class ConsumerTransactionsRegistrationTests
{
    private const string Dirty = "consumer 'inventory', Client:isolation.level: is 'read_uncommitted': the output of an event that was rolled back would be committed. "
        + "Remove it: a consumer with transactions reads with read_committed.";

    [Fact]
    public async Task All_that_transactions_cannot_be_together_with_is_told_at_once()
    {
        await using var test = new TestHost();
        Batches(test, static c => c.InTransactions().Configure(static options =>
        {
            options.Client["isolation.level"] = "read_uncommitted";
            options.CommitInterval = options.TransactionTimeout = TimeSpan.FromSeconds(2);
        }));

        Assert.Equal(
            [
                "consumer 'inventory', InTransactions: its handler takes batches, and what it produces belongs to no single event of one, so it can't be told whose offsets it is to be committed with. "
                + "Handle single events: many go into one transaction all the same.",
                Dirty,
                "consumer 'inventory', TransactionTimeout: is 00:00:02, which is not above CommitInterval (00:00:02): brokers would abort each transaction before its commit. "
                + "Raise it, or shorten CommitInterval.",
            ],
            await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task Without_transactions_none_of_it_is_refused()
    {
        await using var test = new TestHost();
        Batches(test, static c => c.Configure(static options =>
        {
            options.Client["isolation.level"] = "read_uncommitted";
            options.CommitInterval = options.TransactionTimeout = TimeSpan.FromSeconds(2);
        }));

        await test.StartAsync();

        Assert.Null(test.Runners["inventory"].Settings.Transactions);
        Assert.Equal("read_uncommitted", SourceOf(test, ConsumerGroupProtocol.Consumer)["isolation.level"]);
    }

    [Fact]
    public async Task A_timeout_above_the_interval_is_enough()
    {
        await using var test = new TestHost("""
            { "Kafka": { "BootstrapServers": "broker:9092", "Consumers": { "inventory": { "CommitInterval": "00:00:02", "TransactionTimeout": "00:00:02.001" } } } }
            """);
        await test.Consumer(configure: static c => c.InTransactions()).StartAsync();

        Assert.Equal(2_001, ClientOf(test).TransactionTimeoutMs);
    }

    [Theory]
    [InlineData("Kafka:Client:isolation.level")]
    [InlineData("Kafka:Consumers:inventory:Client:isolation.level")]
    [InlineData(null)]
    public async Task An_isolation_level_of_dirty_reads_is_refused_wherever_it_comes_from(string? key)
    {
        await using var test = new TestHost();
        if (key is not null) test.Builder.Configuration[key] = "read_uncommitted";
        test.Consumer(configure: c =>
        {
            c.InTransactions();
            if (key is null) c.ConfigureClient(static client => client.IsolationLevel = IsolationLevel.ReadUncommitted);
        });

        Assert.Equal([Dirty], await test.ErrorsAtStartAsync());
    }

    [Theory]
    [InlineData(null, ConsumerGroupProtocol.Consumer)]
    [InlineData(null, ConsumerGroupProtocol.Classic)]
    [InlineData("Kafka:Client:isolation.level", ConsumerGroupProtocol.Consumer)]
    [InlineData("Kafka:Consumers:inventory:Client:isolation.level", ConsumerGroupProtocol.Consumer)]
    public async Task Its_sources_are_read_committed_said_or_not_and_its_client_commits_nothing_by_itself(string? key, ConsumerGroupProtocol protocol)
    {
        await using var test = new TestHost();
        if (key is not null) test.Builder.Configuration[key] = "read_committed";
        await test.Consumer(configure: static c => c.InTransactions()).StartAsync();

        var source = SourceOf(test, protocol);

        Assert.Equal("read_committed", source["isolation.level"]);
        Assert.Equal("false", source["enable.auto.commit"], ignoreCase: true);
        Assert.Equal("false", source["enable.auto.offset.store"], ignoreCase: true);
    }

    [Fact]
    public async Task Its_transactional_client_takes_as_long_as_a_transaction_may_and_whatever_handlers_produce()
    {
        await using var test = new TestHost("""
            {
              "Kafka": {
                "BootstrapServers": "broker:9092",
                "Client": { "compression.type": "lz4", "enable.idempotence": "false", "transaction.timeout.ms": "1000" },
                "Consumers": { "inventory": { "TransactionTimeout": "00:00:45", "Client": { "fetch.min.bytes": "10" } } }
              }
            }
            """);
        await test.Consumer(configure: static c => c.InTransactions()).StartAsync();

        var client = ClientOf(test);

        Assert.Equal("broker:9092", client.BootstrapServers);
        Assert.Equal(45_000, client.TransactionTimeoutMs);
        Assert.Equal(45_000, client.MessageTimeoutMs);
        Assert.True(client.EnableIdempotence);
        Assert.Equal(Acks.All, client.Acks);
        Assert.Equal(Partitioner.Murmur2Random, client.Partitioner);
        Assert.Equal(1_000_000_000, client.MessageMaxBytes);
        Assert.Equal("5000", client.Get("connections.max.idle.ms"));

        // Of the cluster's settings it has those of producers, of the consumer's own none.
        Assert.Equal(CompressionType.Lz4, client.CompressionType);
        Assert.Null(client.Get("fetch.min.bytes"));
        using var accepted = new ProducerBuilder<byte[], byte[]>(client).Build();
    }

    /// <summary>Consumers of batches are registered otherwise.</summary>
    private static void Batches(TestHost test, Action<EventConsumerBuilder> configure) => test.Services.AddEventConsumer("orders", "inventory", c =>
    {
        c.HandleBatch(100, TimeSpan.FromSeconds(1), static (IReadOnlyList<ReceivedEvent<string>> _, CancellationToken _) => ValueTask.CompletedTask);
        configure(c);
    });

    private static ProducerConfig ClientOf(TestHost test) => test.Runners["inventory"].Settings.Transactions!.Settings.Client;

    private static Dictionary<string, string> SourceOf(TestHost test, ConsumerGroupProtocol protocol) =>
        new ConfluentRecordSourceFactory(test.Runners["inventory"].Settings, new EventDriven.Kafka.Tests.Producing.LogLines()).CreateConfig(protocol).ToDictionary();
}

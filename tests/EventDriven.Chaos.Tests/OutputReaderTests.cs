using System.Text.Json;
using Confluent.Kafka;
using EventDriven.Chaos.Driving;
using EventDriven.Chaos.Services;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Chaos.Tests;

public sealed class OutputReaderTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    [BrokerFact]
    public async Task What_is_committed_behind_the_transaction_of_a_crashed_process_is_in_the_output()
    {
        var output = ChaosService.OfTransactions.OutputTopic;
        await using var kafka = await KafkaCluster.StartAsync(
            properties: [new("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500")], cancellationToken: TestContext.Current.CancellationToken);
        await kafka.CreateTopicAsync(output, ChaosService.Partitions);
        using var survivor = Begin(kafka, "survivor");
        using (var crashed = Begin(kafka, "crashed"))
        {
            await WriteAsync(crashed, output, offset: 1);
        }

        await WriteAsync(survivor, output, offset: 2);
        survivor.CommitTransaction(s_timeout);

        Assert.Equal(2, Assert.Single(OutputReader.Read(kafka.BootstrapServers)).SourceOffset);
    }

    private static IProducer<string, byte[]> Begin(KafkaCluster kafka, string id)
    {
        var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, TransactionalId = id, TransactionTimeoutMs = 5_000, MessageTimeoutMs = 5_000 })
            .SetLogHandler(static (_, _) => { }).Build();
        producer.InitTransactions(s_timeout);
        producer.BeginTransaction();
        return producer;
    }

    private static async Task WriteAsync(IProducer<string, byte[]> producer, string topic, long offset)
    {
        var output = JsonSerializer.SerializeToUtf8Bytes(new ChaosOutput("a", ChaosService.OfTransactions.Topic, 0, offset), JsonSerializerOptions.Web);
        await producer.ProduceAsync(new TopicPartition(topic, 0), new Message<string, byte[]> { Key = "a", Value = output });
    }
}

using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Failures;
using EventDriven.Kafka.Broker.Tests.Transactions;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Broker.Tests.Security;

/// <summary>A right to write the output that is taken away while a consumer with transactions runs.</summary>
[Collection(SecuredBroker.Collection)]
public sealed class TransactionAuthorizationTests(SecuredBroker broker)
{
    [BrokerFact]
    public async Task Without_the_right_to_write_its_output_a_consumer_with_transactions_waits_until_it_is_given_and_each_input_counts_once()
    {
        const string Group = "transacting";
        var topic = await broker.NewTopicAsync(AclOperation.Read);
        var output = await broker.NewTopicAsync(AclOperation.Write);
        await broker.AllowAsync(ResourceType.Group, Group, AclOperation.Read);
        await broker.Cluster.RunToolAsync(
            "kafka-acls.sh",
            ["--add", "--allow-principal", "User:plain", "--operation", "Write", "--operation", "Describe", "--transactional-id", Group, "--resource-pattern-type", "prefixed"],
            cancellationToken: TestContext.Current.CancellationToken);
        await using var service = await new FailingService(
            broker.Cluster.BootstrapServersOf("SASL"),
            topic,
            Group,
            static consumer => consumer.InTransactions(),
            static async context => await context.Services.GetRequiredService<IEventProducer<byte[]>>().ProduceAsync([(byte)('a' + context.Offset)]),
            services => services.AddEventProducer<byte[]>(output),
            Ways.Plain(broker)).StartAsync();
        await ProduceAsync();
        await UntilAllCountAsync(1);

        await broker.ForbidAsync(ResourceType.Topic, output, AclOperation.Write);
        await ProduceAsync();
        await service.UntilAsync(_ => service.Status.Reason?.Contains("uthoriz", StringComparison.Ordinal) is true);
        Assert.Contains("uthoriz", (await service.HealthAsync()).Description, StringComparison.Ordinal);
        Assert.Equal(["a"], Committed.Read(broker.Cluster.BootstrapServers, output));

        await broker.AllowAsync(ResourceType.Topic, output, AclOperation.Write);
        await ProduceAsync();
        await UntilAllCountAsync(3);
        Assert.Equal(["a", "b", "c"], Committed.Read(broker.Cluster.BootstrapServers, output));

        Task ProduceAsync() => FailingService.ProduceAsync(broker.Cluster.BootstrapServers, new(topic, 0), null, [1]);

        // The marker of each transaction has an offset too, in the output; in the input there are the events alone.
        Task UntilAllCountAsync(long count) => service.CommittedAsync(topic, 0, count);
    }
}

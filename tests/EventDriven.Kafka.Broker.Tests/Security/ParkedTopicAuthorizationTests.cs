using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Failures;
using EventDriven.Kafka.Hosting;

namespace EventDriven.Kafka.Broker.Tests.Security;

/// <summary>A service that keeps the order of keys and may not delete records of its parked topic.</summary>
[Collection(SecuredBroker.Collection)]
public sealed class ParkedTopicAuthorizationTests(SecuredBroker broker)
{
    private int _failures = 1;

    [BrokerFact]
    public async Task Without_the_right_to_delete_records_it_ends_with_what_is_missing_and_by_option_goes_on()
    {
        string topic = await broker.NewTopicAsync(AclOperation.Read);
        string parked = $"{topic}-kept--parked";
        await broker.Cluster.CreateTopicAsync(parked, 1, new("cleanup.policy", "delete"), new("retention.ms", "-1"));
        foreach (var operation in new[] { AclOperation.Describe, AclOperation.Read, AclOperation.Write }) await broker.AllowAsync(ResourceType.Topic, parked, operation);
        await broker.AllowAsync(ResourceType.Group, "keeping", AclOperation.Read);
        for (byte i = 0; i < 2; i++) await FailingService.ProduceAsync(broker.Cluster.BootstrapServers, new(topic, 0), "a"u8.ToArray(), [i]);

        await using (var refused = await Service(topic, mayGrow: false).StartAsync())
        {
            await refused.UntilAsync(static state => state.IsCompleted);
            Assert.Equal(ConsumerState.Failed, refused.Status.State);
            Assert.Contains($"--operation Delete --topic {parked}", refused.Status.Reason, StringComparison.Ordinal);
            await refused.StopAsync();
        }

        await using var service = await Service(topic, mayGrow: true).StartAsync();
        await service.CommittedAsync(topic, 0, 2);
        await service.UntilAsync(static state => state.Assignments is [{ Parking: { Entries: 0, IsGrowing: true } }]);
        await service.StopAsync();
    }

    private FailingService Service(string topic, bool mayGrow) => new(
        broker.Cluster.BootstrapServersOf("SASL"),
        topic,
        "keeping",
        c => c
            .InKeyOrder(8)
            .Configure(options => (options.AllowParkedLogToGrow, options.OnFatalError) = (mayGrow, FatalErrorAction.StopConsumer))
            .OnFailure(static f => f.ThenRetryTopics("100ms").KeepKeyOrder().NameTopics(static source => $"{source}-kept")),
        _ => Interlocked.Decrement(ref _failures) >= 0 ? throw new InvalidOperationException("poison") : Task.CompletedTask,
        settings: Ways.Plain(broker));
}

using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Failures;

namespace EventDriven.Kafka.Broker.Tests.Security;

/// <summary>A right to write dead letters that is taken away while the service runs.</summary>
[Collection(SecuredBroker.Collection)]
public sealed class HandOverAuthorizationTests(SecuredBroker broker)
{
    [BrokerFact]
    public async Task Without_the_right_to_write_dead_letters_their_events_are_held_until_it_is_given()
    {
        string topic = await broker.NewTopicAsync(AclOperation.Read);
        string dead = await broker.NewTopicAsync(AclOperation.Write);
        await broker.AllowAsync(ResourceType.Group, "failing", AclOperation.Read);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await new FailingService(
            broker.Cluster.BootstrapServersOf("SASL"), topic, "failing", c => c.OnFailure(f => f.ThenDeadLetter(dead)),
            async _ =>
            {
                await release.Task;
                throw new InvalidOperationException("poison");
            },
            settings: Ways.Plain(broker)).StartAsync();
        await service.UntilAsync(static state => state.Assignments.Count == 1);
        await broker.ForbidAsync(ResourceType.Topic, dead, AclOperation.Write);
        await FailingService.ProduceAsync(broker.Cluster.BootstrapServers, new(topic, 0), null, [1]);

        release.SetResult();
        await service.HeldAsync();
        Assert.Contains("uthoriz", (await service.HealthAsync()).Description, StringComparison.Ordinal);

        await broker.AllowAsync(ResourceType.Topic, dead, AclOperation.Write);
        await service.CommittedAsync(topic, 0, 1);
        Assert.Single(FailingService.Read(broker.Cluster.BootstrapServers, dead, 0, 1));
    }
}

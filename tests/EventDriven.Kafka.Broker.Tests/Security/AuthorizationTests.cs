using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Kafka.Broker.Tests.Security;

/// <summary>Access control lists: what is told where a right is missing, and that the service goes on by itself once it is given.</summary>
[Collection(SecuredBroker.Collection)]
public sealed class AuthorizationTests(SecuredBroker broker)
{
    private const string Consumer = "eventdriven-reader";
    private const string Cluster = "eventdriven-cluster-Kafka";

    [BrokerFact]
    public async Task Without_the_right_to_read_a_consumer_waits_and_starts_by_itself_once_it_is_given()
    {
        string topic = await broker.NewTopicAsync(AclOperation.Describe, AclOperation.Write);
        await AllowGroupAsync();
        await using var service = Service(topic);

        await service.StartAsync();
        string told = await service.LoggedAsync(1000);

        Assert.Contains($"consumer 'reader', Topics: the principal of this client has no right to Read '{topic}'", told, StringComparison.Ordinal);
        Assert.Contains($"--operation Read --topic {topic}", told, StringComparison.Ordinal);
        await AssertUnhealthyAsync(service, Consumer, $"--operation Read --topic {topic}");
        await AssertUnhealthyAsync(service, Cluster, $"--operation Read --topic {topic}");

        await service.Producer.ProduceAsync("waited for", TestContext.Current.CancellationToken);
        await broker.AllowAsync(ResourceType.Topic, topic, AclOperation.Read);
        Assert.Equal("waited for", await service.HandledAsync());
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync(Consumer)).Status);
        await service.StopAsync();
        Assert.Single(service.Log.Of(1000));
        service.AssertNoSecrets();
    }

    [BrokerFact]
    public async Task A_topic_that_may_not_be_seen_is_told_as_refused()
    {
        string topic = await broker.NewTopicAsync();
        await using var service = Service(topic);

        await service.StartAsync();

        Assert.Contains($"the cluster 'Kafka' refuses to describe '{topic}'", await service.LoggedAsync(1000), StringComparison.Ordinal);
        await AssertUnhealthyAsync(service, Consumer, "Give this client the right to it: Read for a consumer, Write for a producer.");
        await service.StopAsync();
    }

    [BrokerFact]
    public async Task Without_the_right_to_the_group_a_consumer_fails_once_told_and_restarts_until_it_is_given()
    {
        string topic = await broker.NewTopicAsync(AclOperation.Read, AclOperation.Write);
        await broker.ForbidAsync(ResourceType.Group, SecuredService.Group, AclOperation.Read);
        await using var service = Service(topic);

        await service.StartAsync();
        string told = await service.LoggedAsync(142);

        Assert.Contains("GroupAuthorizationFailed", told, StringComparison.Ordinal);
        Assert.Contains($"--operation Read --group {SecuredService.Group}", told, StringComparison.Ordinal);
        await AssertUnhealthyAsync(service, Consumer, $"--operation Read --group {SecuredService.Group}");
        // It is tried again, and not told again.
        await service.LoggedAsync(146);

        await AllowGroupAsync();
        await service.Producer.ProduceAsync("waited for", TestContext.Current.CancellationToken);
        Assert.Equal("waited for", await service.HandledAsync());
        await service.LoggedAsync(147);
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync(Consumer)).Status);
        await service.StopAsync();
        Assert.Single(service.Log.Of(142));
        service.AssertNoSecrets();
    }

    [BrokerFact]
    public async Task Without_the_right_to_write_the_producer_says_so_and_health_is_red_until_it_is_given()
    {
        string topic = await broker.NewTopicAsync(AclOperation.Read);
        await AllowGroupAsync();
        await using var service = Service(topic);

        await service.StartAsync();
        Assert.Contains($"producer '{topic}', Topic: the principal of this client has no right to Write '{topic}'", await service.LoggedAsync(1000), StringComparison.Ordinal);
        var thrown = await Assert.ThrowsAsync<EventProduceException>(() => service.Producer.ProduceAsync("refused", TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<EventProduceException>(() => service.Producer.ProduceAsync("refused again", TestContext.Current.CancellationToken));

        Assert.Equal(ProduceFailureReason.NotAuthorized, thrown.Reason);
        Assert.Contains("--operation Write", thrown.Message, StringComparison.Ordinal);
        Assert.Single(service.Log.Of(3015));
        await AssertUnhealthyAsync(service, Cluster, "TopicAuthorizationFailed");

        await broker.AllowAsync(ResourceType.Topic, topic, AclOperation.Write);
        await service.LoggedAsync(1001);
        await service.Producer.ProduceAsync("allowed", TestContext.Current.CancellationToken);
        Assert.Equal("allowed", await service.HandledAsync());
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync(Cluster)).Status);
        await service.StopAsync();
        service.AssertNoSecrets();
    }

    [BrokerFact]
    public async Task A_right_lost_while_consuming_turns_health_red_and_the_consumer_goes_on_once_it_is_back()
    {
        string topic = await broker.NewTopicAsync(AclOperation.Describe, AclOperation.Read, AclOperation.Write);
        await AllowGroupAsync();
        await using var service = Service(topic);
        await service.StartAsync();
        await service.Producer.ProduceAsync("before", TestContext.Current.CancellationToken);
        Assert.Equal("before", await service.HandledAsync());
        // Who may not read may not commit either: what is not committed by then comes again.
        await service.CommittedAsync(1);

        await broker.ForbidAsync(ResourceType.Topic, topic, AclOperation.Read);
        string told = await service.LoggedAsync(142);

        Assert.Contains("TopicAuthorizationFailed", told, StringComparison.Ordinal);
        Assert.Contains($"--operation Read --topic {topic}", told, StringComparison.Ordinal);
        await AssertUnhealthyAsync(service, Consumer, $"--operation Read --topic {topic}");
        await service.Producer.ProduceAsync("after", TestContext.Current.CancellationToken);
        await service.LoggedAsync(146);

        await broker.AllowAsync(ResourceType.Topic, topic, AclOperation.Read);
        Assert.Equal("after", await service.HandledAsync(2));
        await service.LoggedAsync(147);
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync(Consumer)).Status);
        await service.StopAsync();
        Assert.Single(service.Log.Of(142));
    }

    [BrokerFact]
    public async Task By_option_a_right_lost_while_consuming_ends_the_host()
    {
        string topic = await broker.NewTopicAsync(AclOperation.Read, AclOperation.Write);
        await AllowGroupAsync();
        await using var service = Service(topic, "StopHost");
        await service.StartAsync();
        await service.Producer.ProduceAsync("before", TestContext.Current.CancellationToken);
        await service.HandledAsync();
        var stopping = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        service.Host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => stopping.TrySetResult(""));

        await broker.ForbidAsync(ResourceType.Topic, topic, AclOperation.Read);
        await stopping.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        var thrown = await Assert.ThrowsAsync<EventConsumerFailedException>(service.StopAsync);
        Assert.Contains($"--operation Read --topic {topic}", thrown.Message, StringComparison.Ordinal);
    }

    private SecuredService Service(string topic, string onFatalError = "Restart") =>
        new(broker, "SASL", topic, Ways.Plain(broker).With("Consumers:reader:OnFatalError", onFatalError));

    private Task AllowGroupAsync() => broker.AllowAsync(ResourceType.Group, SecuredService.Group, AclOperation.Read);

    private static async Task AssertUnhealthyAsync(SecuredService service, string check, string why)
    {
        var health = await service.HealthAsync(check);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains(why, health.Description, StringComparison.Ordinal);
    }
}

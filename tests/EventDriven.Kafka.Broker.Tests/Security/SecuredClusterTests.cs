using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventDriven.Kafka.Broker.Tests.Security;

/// <summary>Ways into a secured cluster, and what is told where one is shut.</summary>
[Collection(SecuredBroker.Collection)]
public sealed class SecuredClusterTests(SecuredBroker broker)
{
    [BrokerTheory]
    [InlineData("TLS")]
    [InlineData("mTLS")]
    [InlineData("mTLS with an encrypted key")]
    [InlineData("PLAIN")]
    [InlineData("SCRAM")]
    public async Task Events_go_both_ways_and_no_secret_is_logged(string way)
    {
        string topic = await broker.NewTopicAsync(AclOperation.Read, AclOperation.Write);
        await broker.AllowAsync(ResourceType.Group, SecuredService.Group, AclOperation.Read);
        var (listener, settings) = Way(way);
        await using var service = new SecuredService(broker, listener, topic, settings);

        await service.StartAsync();
        await service.Producer.ProduceAsync("hello", TestContext.Current.CancellationToken);

        Assert.Equal("hello", await service.HandledAsync());
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync("eventdriven-reader")).Status);
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync("eventdriven-cluster-Kafka")).Status);
        await service.StopAsync();
        service.AssertNoSecrets();
    }

    [BrokerTheory]
    [InlineData("wrong PLAIN password", "Correct Security:UserName and Security:Password")]
    [InlineData("wrong SCRAM password", "Correct Security:UserName and Security:Password")]
    [InlineData("mechanism not offered", "Set Security:Authentication to a mechanism")]
    [InlineData("expired broker certificate", "The broker's certificate has expired")]
    [InlineData("unknown authority", "set Security:CaFile")]
    [InlineData("no client certificate", "set Security:CertificateFile")]
    [InlineData("client certificate of an unknown authority", "set Security:CertificateFile")]
    [InlineData("expired client certificate", "renew it where it has expired")]
    [InlineData("plaintext on a port with TLS", "set Security:Tls")]
    [InlineData("TLS on a port in plaintext", "do not speak TLS")]
    public async Task A_client_that_is_not_let_in_is_told_once_with_the_remedy_and_the_host_runs(string way, string remedy)
    {
        string topic = await broker.NewTopicAsync();
        var (listener, settings) = Way(way);
        await using var service = new SecuredService(broker, listener, topic, settings);

        await service.StartAsync();
        string told = await service.LoggedAsync(1000);

        Assert.Contains("cluster 'Kafka', Security: ", told, StringComparison.Ordinal);
        Assert.Contains(remedy, told, StringComparison.Ordinal);
        foreach (string check in (string[])["eventdriven-reader", "eventdriven-cluster-Kafka"])
        {
            var health = await service.HealthAsync(check);
            Assert.Equal(HealthStatus.Unhealthy, health.Status);
            Assert.Contains(remedy, health.Description, StringComparison.Ordinal);
        }

        await service.StopAsync();
        Assert.Single(service.Log.Of(1000));
        service.AssertNoSecrets();
    }

    [BrokerFact]
    public async Task Events_of_a_producer_that_is_not_let_in_fail_as_not_authorized_when_their_time_is_over()
    {
        string topic = await broker.NewTopicAsync();
        await using var service = new SecuredService(broker, "SASL", topic, Ways.Plain(broker, $"not-{SecuredBroker.PlainPassword}"), deliveryTimeout: TimeSpan.FromSeconds(2));
        await service.StartAsync();

        var thrown = await Assert.ThrowsAsync<EventProduceException>(() => service.Producer.ProduceAsync("refused", TestContext.Current.CancellationToken));

        Assert.Equal(ProduceFailureReason.NotAuthorized, thrown.Reason);
        Assert.Contains("Correct Security:UserName and Security:Password", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(SecuredBroker.PlainPassword, thrown.ToString(), StringComparison.Ordinal);
        Assert.Contains("A producer's client reports Local_Authentication", (await service.HealthAsync("eventdriven-cluster-Kafka")).Description, StringComparison.Ordinal);
        Assert.Single(service.Log.Of(3010), line => line.Contains("Local_Authentication", StringComparison.Ordinal));
        await service.StopAsync();
        service.AssertNoSecrets();
    }

    [BrokerFact]
    public async Task By_option_the_host_does_not_start_where_it_is_not_let_in()
    {
        string topic = await broker.NewTopicAsync();
        await using var service = new SecuredService(broker, "SASL", topic, Ways.Plain(broker, "wrong").With("WhenUnreachable", "StopHost"));

        var thrown = await Assert.ThrowsAsync<EventDrivenConfigurationException>(service.StartAsync);

        Assert.Contains("Correct Security:UserName and Security:Password", Assert.Single(thrown.Errors), StringComparison.Ordinal);
    }

    private (string Listener, Dictionary<string, string?> Settings) Way(string way) => way switch
    {
        "TLS" => ("TLS", Ways.Tls(broker)),
        "mTLS" => ("MTLS", Ways.Mtls(broker, broker.Known.Issue("mtls"))),
        "mTLS with an encrypted key" =>
            ("MTLS", Ways.Mtls(broker, broker.Known.Issue("mtls", password: SecuredBroker.KeyPassword)).With("Security:KeyPassword", SecuredBroker.KeyPassword)),
        "PLAIN" => ("SASL", Ways.Plain(broker)),
        "SCRAM" => ("SASL", Ways.Scram(broker)),
        "wrong PLAIN password" => ("SASL", Ways.Plain(broker, $"not-{SecuredBroker.PlainPassword}")),
        "wrong SCRAM password" => ("SASL", Ways.Scram(broker, $"not-{SecuredBroker.ScramPassword}")),
        "mechanism not offered" => ("SASL", Ways.Scram(broker).With("Security:Authentication", "ScramSha512")),
        "expired broker certificate" => ("EXPIRED", Ways.Tls(broker)),
        "unknown authority" => ("TLS", Ways.Tls(broker).With("Security:CaFile", broker.Unknown.Authority)),
        "no client certificate" => ("MTLS", Ways.Tls(broker)),
        "client certificate of an unknown authority" => ("MTLS", Ways.Mtls(broker, broker.Unknown.Issue("mtls"))),
        "expired client certificate" => ("MTLS", Ways.Mtls(broker, broker.Known.Issue("mtls", expired: true))),
        "plaintext on a port with TLS" => ("TLS", []),
        "TLS on a port in plaintext" => ("PLAINTEXT", Ways.Tls(broker)),
        _ => throw new ArgumentOutOfRangeException(nameof(way), way, null),
    };
}

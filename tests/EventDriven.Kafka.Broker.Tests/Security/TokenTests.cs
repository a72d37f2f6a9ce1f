using System.Text;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventDriven.Kafka.Broker.Tests.Security;

/// <summary>OAUTHBEARER with the unsecured tokens of Kafka's development mode: producers, consumers and the first contact get them from the application.</summary>
[Collection(SecuredBroker.Collection)]
public sealed class TokenTests(SecuredBroker broker)
{
    private const string Cluster = "eventdriven-cluster-Kafka";

    [BrokerFact]
    public async Task Every_client_comes_in_with_tokens_of_the_application_and_gets_new_ones_in_time()
    {
        var provider = new Provider { Life = TimeSpan.FromSeconds(3) };
        await using var service = await ServiceAsync(provider);
        await service.StartAsync();
        await service.Producer.ProduceAsync("one", TestContext.Current.CancellationToken);
        Assert.Equal("one", await service.HandledAsync());

        int first = provider.Calls;
        Assert.InRange(first, 2, 3);
        Assert.Equal("Kafka", provider.Cluster);
        await provider.CalledAsync(first + 2);
        await service.Producer.ProduceAsync("two", TestContext.Current.CancellationToken);
        Assert.Equal("two", await service.HandledAsync(2));
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync(Cluster)).Status);
        await service.StopAsync();
        Assert.All(provider.Given, token => Assert.DoesNotContain(token, service.Log.ToString(), StringComparison.Ordinal));
    }

    [BrokerTheory]
    [InlineData("throws", "the token provider threw TimeZoneNotFoundException")]
    [InlineData("hangs", "the token provider gave none within 00:00:01")]
    public async Task A_provider_that_fails_is_told_once_and_asked_again_while_the_host_runs(string how, string why)
    {
        var provider = new Provider { Fails = how };
        await using var service = await ServiceAsync(provider);

        await service.StartAsync();
        string told = await service.LoggedAsync(1010);

        Assert.Contains($"Cluster 'Kafka' has no new token for OAUTHBEARER: {why}", told, StringComparison.Ordinal);
        var health = await service.HealthAsync(Cluster);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains(why, health.Description, StringComparison.Ordinal);

        provider.Fails = null;
        await service.Producer.ProduceAsync("at last", TestContext.Current.CancellationToken);
        Assert.Equal("at last", await service.HandledAsync());
        await service.LoggedAsync(1011);
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync(Cluster)).Status);
        await service.StopAsync();
        Assert.Single(service.Log.Of(1010));
    }

    [BrokerFact]
    public async Task A_provider_that_fails_while_the_service_runs_degrades_health_and_events_go_on()
    {
        var provider = new Provider { Life = TimeSpan.FromSeconds(20) };
        await using var service = await ServiceAsync(provider);
        await service.StartAsync();
        await service.Producer.ProduceAsync("before", TestContext.Current.CancellationToken);
        Assert.Equal("before", await service.HandledAsync());

        provider.Fails = "throws";
        await service.LoggedAsync(1010);

        Assert.Equal(HealthStatus.Degraded, (await service.HealthAsync(Cluster)).Status);
        Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync("eventdriven-reader")).Status);
        await service.Producer.ProduceAsync("meanwhile", TestContext.Current.CancellationToken);
        Assert.Equal("meanwhile", await service.HandledAsync(2));
        await service.StopAsync();
        Assert.Single(service.Log.Of(1010));
    }

    [BrokerFact]
    public async Task A_token_that_the_brokers_refuse_is_told_with_the_remedy()
    {
        var provider = new Provider { Subject = null };
        await using var service = await ServiceAsync(provider);

        await service.StartAsync();

        Assert.Contains("Let the token provider return a token that the brokers accept.", await service.LoggedAsync(1000), StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Unhealthy, (await service.HealthAsync("eventdriven-reader")).Status);
        await service.StopAsync();
    }

    private async Task<SecuredService> ServiceAsync(Provider provider)
    {
        string topic = await broker.NewTopicAsync(AclOperation.Read, AclOperation.Write);
        await broker.AllowAsync(ResourceType.Group, SecuredService.Group, AclOperation.Read);
        return new SecuredService(broker, "SASL", topic, Ways.OAuth(broker), services => services.AddSingleton<IOAuthBearerTokenProvider>(provider));
    }

    private sealed class Provider : IOAuthBearerTokenProvider
    {
        private readonly Lock _gate = new();
        private readonly List<(int Number, TaskCompletionSource Called)> _waiting = [];
        private readonly List<string> _given = [];
        private int _calls;

        public TimeSpan Life { get; init; } = TimeSpan.FromMinutes(5);

        public string? Subject { get; init; } = "oauth";

        public volatile string? Fails;

        public string? Cluster { get; private set; }

        public int Calls => Volatile.Read(ref _calls);

        public string[] Given
        {
            get
            {
                lock (_gate)
                {
                    return [.. _given];
                }
            }
        }

        public Task CalledAsync(int number)
        {
            lock (_gate)
            {
                if (_calls >= number)
                {
                    return Task.CompletedTask;
                }

                var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add((number, called));
                return called.Task.WaitAsync(TimeSpan.FromSeconds(60));
            }
        }

        public async ValueTask<OAuthBearerToken> GetTokenAsync(string cluster, CancellationToken cancellationToken)
        {
            Cluster = cluster;
            switch (Fails)
            {
                case "throws": throw new TimeZoneNotFoundException("The identity provider is away.");
                // Whatever the token says: this one never returns.
                case "hangs": await new TaskCompletionSource().Task; break;
            }

            var token = Token();
            lock (_gate)
            {
                _calls++;
                _given.Add(token.Value);
                foreach (var (_, called) in _waiting.Where(waiting => waiting.Number <= _calls))
                {
                    called.TrySetResult();
                }
            }

            return token;
        }

        /// <summary>A JWT without a signature.</summary>
        private OAuthBearerToken Token()
        {
            var now = DateTimeOffset.UtcNow;
            var expires = now + Life;
            string subject = Subject is null ? "" : $"\"sub\":\"{Subject}\",";
            string claims = $"{{{subject}\"iat\":{now.ToUnixTimeSeconds()},\"exp\":{expires.ToUnixTimeSeconds() + 1},\"jti\":\"{Guid.NewGuid()}\"}}";
            return new OAuthBearerToken { Value = $"{Part("{\"alg\":\"none\"}")}.{Part(claims)}.", ExpiresAt = expires, Principal = "oauth" };
        }

        private static string Part(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}

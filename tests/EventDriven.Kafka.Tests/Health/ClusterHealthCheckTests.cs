using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Health;
using EventDriven.Kafka.Security;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventDriven.Kafka.Tests.Health;

public class ClusterHealthCheckTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_cluster_of_which_nothing_bad_is_known_is_healthy()
    {
        var result = Check(token: new TokenState(null, default, Now.AddMinutes(1)));

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal("Cluster 'Kafka' is as its consumers and producers need it.", result.Description);
    }

    [Fact]
    public void Without_new_tokens_it_is_degraded_while_the_last_one_is_good_and_unhealthy_then()
    {
        var state = new TokenState("the token provider threw IOException", Now.AddMinutes(-1), Now.AddSeconds(1));

        Assert.Equal(HealthStatus.Degraded, Check(token: state).Status);
        Assert.Equal(
            "Cluster 'Kafka': There is no new token since 2026-01-02 03:03:05Z: the token provider threw IOException. The last one is good until 2026-01-02 03:04:06Z.",
            Check(token: state).Description);
        Assert.Equal(HealthStatus.Unhealthy, Check(token: state with { ExpiresAt = Now }).Status);
        Assert.Equal(HealthStatus.Unhealthy, Check(token: state with { ExpiresAt = null }).Status);
    }

    [Fact]
    public void What_the_first_contact_and_producers_meet_is_told_and_outweighs_a_token_that_is_still_good()
    {
        var result = Check(
            [new ConfigurationError("cluster 'Kafka'", "Security", "is refused. Correct it.")],
            new TokenState("it hangs", Now, Now.AddMinutes(1)),
            ["Local_Ssl, handshake failed"]);

        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.StartsWith("Cluster 'Kafka': cluster 'Kafka', Security: is refused. Correct it. A producer's client reports Local_Ssl, handshake failed. There is no new token", result.Description, StringComparison.Ordinal);
    }

    private static HealthCheckResult Check(IReadOnlyList<ConfigurationError>? problems = null, TokenState? token = null, IReadOnlyList<string>? troubles = null) =>
        ClusterHealthCheck.Check("Kafka", problems ?? [], token, troubles ?? [], Now, HealthStatus.Unhealthy);
}

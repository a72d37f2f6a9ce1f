using System.Globalization;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Producing;
using EventDriven.Kafka.Security;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventDriven.Kafka.Health;

/// <summary>Tells whether a cluster is as its consumers and producers need it, whether its tokens can be had, and whether events reach it.</summary>
internal sealed class ClusterHealthCheck(string cluster, ClusterStates states, TokenSources tokens, ProducerClientPool? producers, TimeProvider time) : IHealthCheck
{
    public static string NameOf(string cluster) => $"eventdriven-cluster-{cluster}";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var token = tokens.Existing(cluster)?.State;
        return Task.FromResult(Check(cluster, states.Of(cluster), token, producers?.TroublesOf(cluster) ?? [], time.GetUtcNow(), context.Registration.FailureStatus));
    }

    internal static HealthCheckResult Check(
        string cluster, IReadOnlyList<ConfigurationError> problems, TokenState? token, IReadOnlyList<string> troubles, DateTimeOffset now, HealthStatus failureStatus)
    {
        var texts = problems.Select(static problem => problem.ToString()).Concat(troubles.Select(static trouble => $"A producer's client reports {trouble}.")).ToList();
        var isDegradedOnly = texts.Count == 0;
        if (token is { Failure: { } failure })
        {
            var isGood = token.ExpiresAt > now;
            isDegradedOnly &= isGood;
            texts.Add(string.Create(CultureInfo.InvariantCulture, $"There is no new token since {token.Since:u}: {failure}. {(isGood ? $"The last one is good until {token.ExpiresAt:u}." : "It is asked for again.")}"));
        }

        if (texts.Count == 0) return HealthCheckResult.Healthy($"Cluster '{cluster}' is as its consumers and producers need it.");

        return new HealthCheckResult(isDegradedOnly ? HealthStatus.Degraded : failureStatus, $"Cluster '{cluster}': {string.Join(' ', texts)}");
    }
}

using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Hosting
{
    public static void Register(HostApplicationBuilder builder)
    {
        builder.AddEventDriven("Kafka");
        builder.AddEventDriven("Audit", cluster => cluster.WhenUnreachable = UnreachableAction.StopHost);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
    }

    public static async Task<bool> IsReadyAsync(HealthCheckService health, CancellationToken cancellationToken)
    {
        var report = await health.CheckHealthAsync(check => check.Tags.Contains("ready"), cancellationToken);
        return report.Status == HealthStatus.Healthy;
    }
}

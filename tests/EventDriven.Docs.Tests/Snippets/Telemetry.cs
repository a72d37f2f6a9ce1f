using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Telemetry
{
    public static void Register(HostApplicationBuilder builder)
    {
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(EventDrivenTelemetry.SourceName))
            .WithMetrics(metrics => metrics.AddMeter(EventDrivenTelemetry.MeterName));
    }
}

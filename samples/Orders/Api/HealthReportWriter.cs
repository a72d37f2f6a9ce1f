using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Orders.Api;

/// <summary>Writes the health so that whoever looks at it sees which consumer, which partition, and what to do.</summary>
public static class HealthReportWriter
{
    public static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            Status = report.Status.ToString(),
            Checks = report.Entries.ToDictionary(static entry => entry.Key, static entry => new { Status = entry.Value.Status.ToString(), entry.Value.Description }),
        },
        context.RequestAborted);
}

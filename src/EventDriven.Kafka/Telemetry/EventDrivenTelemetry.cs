namespace EventDriven.Kafka;

/// <summary>
/// The names under which the library emits traces and metrics, for <c>AddSource</c> and <c>AddMeter</c> of OpenTelemetry or for listeners of
/// <c>System.Diagnostics</c>. Each instrument, attribute and span is described in <c>docs/telemetry.md</c>.
/// </summary>
public static class EventDrivenTelemetry
{
    /// <summary>The name of the <see cref="System.Diagnostics.ActivitySource"/>: spans of sending and of processing.</summary>
    public const string SourceName = "EventDriven.Kafka";

    /// <summary>The name of the <see cref="System.Diagnostics.Metrics.Meter"/>.</summary>
    public const string MeterName = "EventDriven.Kafka";
}

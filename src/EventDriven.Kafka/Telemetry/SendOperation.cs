using System.Diagnostics;

namespace EventDriven.Kafka.Telemetry;

/// <summary>The sending of one event, as it is observed; the default where nobody does.</summary>
/// <param name="Span">Its span; null where nobody traces it.</param>
/// <param name="StartedAt">When it began; 0 where nobody listens.</param>
internal readonly record struct SendOperation(Activity? Span, long StartedAt)
{
    public bool IsObserved => StartedAt != 0;
}

using System.Diagnostics;

namespace EventDriven.Kafka.Telemetry;

/// <summary>One attempt at a batch, as it is observed.</summary>
/// <param name="Tags">The attributes of its topic.</param>
/// <param name="Span">Its span; null where nobody traces it.</param>
/// <param name="StartedAt">When it began.</param>
internal readonly record struct BatchOperation(ProcessTelemetry.TopicTags Tags, Activity? Span, long StartedAt);

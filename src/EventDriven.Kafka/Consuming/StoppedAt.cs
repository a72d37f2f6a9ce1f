namespace EventDriven.Kafka.Consuming;

/// <summary>The event at which a partition stopped.</summary>
internal sealed record StoppedAt(long Offset, int Attempts, Exception Error);

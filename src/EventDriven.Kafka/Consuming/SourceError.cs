namespace EventDriven.Kafka.Consuming;

/// <summary>An error that the Kafka client reports.</summary>
/// <param name="Kind">What it means for the consumer.</param>
/// <param name="Code">The client's name for it.</param>
/// <param name="Reason">The client's words.</param>
internal sealed record SourceError(SourceErrorKind Kind, string Code, string Reason);

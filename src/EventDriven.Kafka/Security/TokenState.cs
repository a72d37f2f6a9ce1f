namespace EventDriven.Kafka.Security;

/// <summary>How it stands with the tokens of a cluster.</summary>
/// <param name="Failure">Why the last try brought none; null where it did.</param>
/// <param name="Since">Since when tries have failed; meaningful where there is a failure.</param>
/// <param name="ExpiresAt">When the last token that was had expires; null where there was none.</param>
internal sealed record TokenState(string? Failure, DateTimeOffset Since, DateTimeOffset? ExpiresAt);

namespace EventDriven.Kafka.Consuming;

/// <summary>The two tokens of one assignment of a partition.</summary>
/// <param name="Draining">
/// Fires when a revocation or stop begins: delays between attempts end at once and no further attempt starts, but an attempt that runs goes on.
/// </param>
/// <param name="Cancelled">Fires when the partition is lost, and when the drain budget is over: the handler's own token.</param>
internal readonly record struct ProcessingTokens(CancellationToken Draining, CancellationToken Cancelled);

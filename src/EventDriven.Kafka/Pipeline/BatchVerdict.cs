namespace EventDriven.Kafka.Pipeline;

/// <summary>What the handler has said of a batch, by the places of the events that it was given.</summary>
/// <param name="Handled">How many events, from the first on, are handled.</param>
/// <param name="Guilty">The place of the event that failed; negative where none did, or none is known.</param>
/// <param name="Error">Why the others are not handled; null where all are.</param>
internal readonly record struct BatchVerdict(int Handled, int Guilty, Exception? Error);

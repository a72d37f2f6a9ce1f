namespace EventDriven.Kafka.Hosting;

/// <summary>A consumer ended by itself; the message says which and why.</summary>
internal sealed class EventConsumerEndedException(string message) : Exception(message);

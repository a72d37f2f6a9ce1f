namespace EventDriven.Kafka;

/// <summary>A consumer could not go on, and an option (<see cref="FatalErrorAction.StopHost"/> or <see cref="StuckAction.StopHost"/>) says that the host ends then. Thrown by the stopping host.</summary>
public sealed class EventConsumerFailedException : EventDrivenException
{
    internal EventConsumerFailedException(string consumerName, string reason)
        : base($"Consumer '{consumerName}' has stopped the host: {reason}", null) => ConsumerName = consumerName;

    /// <summary>The name of the consumer.</summary>
    public string ConsumerName { get; }
}

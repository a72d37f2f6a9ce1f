namespace EventDriven.Kafka;

/// <summary>What a consumer does when the broker no longer holds the events at its position (retention was shorter than the consumer was behind or away).</summary>
public enum ExpiredEventsAction
{
    /// <summary>Count them, log once per partition, and go on at the oldest record.</summary>
    Continue = 0,

    /// <summary>Stop the consumer with health red.</summary>
    Stop,
}

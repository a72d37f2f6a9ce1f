namespace EventDriven.Kafka.Failures;

/// <summary>What a policy does next with an event that has failed.</summary>
internal enum FailureStep
{
    /// <summary>Its partition stops before it.</summary>
    Stop = 0,

    /// <summary>It waits in a retry topic, or parked, and is tried again.</summary>
    Retry,

    /// <summary>It goes to a dead-letter topic.</summary>
    DeadLetter,

    /// <summary>It is dropped, logged and counted.</summary>
    Skip,
}

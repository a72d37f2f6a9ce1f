namespace EventDriven.Kafka.Failures;

/// <summary>What a topic of a group is for.</summary>
internal enum DerivedTopicKind
{
    /// <summary>Events wait in it for their next attempt.</summary>
    Retry,

    /// <summary>Events wait in it, in the order of their keys.</summary>
    Parked,

    /// <summary>Events for which no step is left.</summary>
    DeadLetter,
}

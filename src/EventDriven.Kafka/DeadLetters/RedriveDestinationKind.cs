namespace EventDriven.Kafka.DeadLetters;

/// <summary>What kind of topic dead letters are put back to.</summary>
internal enum RedriveDestinationKind
{
    /// <summary>The topic that they were read from first.</summary>
    Source = 0,

    /// <summary>A retry topic of their group.</summary>
    Retry,

    /// <summary>The parked topic of their group.</summary>
    Parked,
}

namespace EventDriven.Kafka.Consuming;

/// <summary>How much of what was finished was taken from an assignment.</summary>
internal enum FinishedTaken
{
    /// <summary>Nothing: there is nothing new, or nothing may be taken any more.</summary>
    Nothing = 0,

    /// <summary>Some of it: there is more.</summary>
    Some,

    /// <summary>All that there was.</summary>
    All,
}

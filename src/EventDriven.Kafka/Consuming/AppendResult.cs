namespace EventDriven.Kafka.Consuming;

/// <summary>What became of a record that was offered to an assignment.</summary>
internal enum AppendResult
{
    /// <summary>It was taken in.</summary>
    Taken = 0,

    /// <summary>It was taken in, and the partition now holds as much as it may.</summary>
    Full,

    /// <summary>It was not: its offset was received before, so the log has gone back.</summary>
    WentBack,
}

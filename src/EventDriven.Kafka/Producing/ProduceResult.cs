namespace EventDriven.Kafka.Producing;

/// <summary>What became of a record that was given to the client.</summary>
internal enum ProduceResult
{
    /// <summary>It is in the client, and a report will come.</summary>
    Sent,

    /// <summary>The local queue has no room.</summary>
    Full,

    /// <summary>The client will not take it.</summary>
    Refused,

    /// <summary>The client can take nothing any more.</summary>
    Fatal,

    /// <summary>This instance has been replaced or stopped.</summary>
    Closed,
}

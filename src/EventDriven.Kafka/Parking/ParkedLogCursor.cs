namespace EventDriven.Kafka.Parking;

/// <summary>Who reads a parked log.</summary>
internal enum ParkedLogCursor
{
    /// <summary>The rebuild of the index, and afterwards the tail.</summary>
    Tail = 0,

    /// <summary>Payloads of entries that come due.</summary>
    Payloads,
}

namespace EventDriven;

/// <summary>What may be said about one event when it is produced. Everything is optional.</summary>
public sealed class ProduceOptions
{
    /// <summary>Headers to send with the event, before those that the library adds. The default value is null: none.</summary>
    public EventHeaders? Headers { get; set; }

    /// <summary>The partition to write to. The default value is null: the partitioner chooses, by key.</summary>
    public int? Partition { get; set; }

    /// <summary>The timestamp of the record, kept to the millisecond. The default value is null: the time of the call.</summary>
    /// <remarks>A topic with time retention deletes a record with an old timestamp within seconds.</remarks>
    public DateTimeOffset? Timestamp { get; set; }
}

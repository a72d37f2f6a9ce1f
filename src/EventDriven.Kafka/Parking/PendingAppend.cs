using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Parking;

/// <summary>An entry that is to be written, and what waits for its acknowledgement.</summary>
internal sealed class PendingAppend
{
    /// <summary>What is written; its name is given when it is sent for the first time.</summary>
    public required ParkedEntry Entry { get; set; }

    /// <summary>The entry that it adds to the index, or is about.</summary>
    public required ParkedItem Item { get; init; }

    /// <summary>The lane whose next source record it parks, where that was not tried.</summary>
    public Lane? Lane { get; init; }

    /// <summary>Told when it is acknowledged, or never will be.</summary>
    public TaskCompletionSource<bool>? Acknowledged { get; init; }
}

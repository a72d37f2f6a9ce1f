namespace EventDriven.Kafka.Parking;

/// <summary>A read that waits for its answer.</summary>
/// <param name="from">The offset that was asked for.</param>
/// <param name="maxBytes">About how many bytes to answer with.</param>
/// <param name="wait">How long to wait where there is nothing yet; without end where it is negative.</param>
/// <param name="startedAt">When it was called.</param>
internal sealed class ConfluentParkedRead(long from, int maxBytes, TimeSpan wait, long startedAt)
    : TaskCompletionSource<ParkedLogRead>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public long From => from;

    public int MaxBytes => maxBytes;

    public long StartedAt => startedAt;

    /// <summary>Whether it has waited long enough for something to be written.</summary>
    public bool HasWaited(TimeSpan elapsed) => wait >= TimeSpan.Zero && elapsed >= wait;
}

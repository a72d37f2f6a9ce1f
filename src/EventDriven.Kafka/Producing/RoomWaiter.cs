namespace EventDriven.Kafka.Producing;

/// <summary>A call that waits for room in the local queue. Its state is guarded by the lock of the line.</summary>
internal sealed class RoomWaiter : TaskCompletionSource
{
    public RoomWaiter(OutgoingRecord record, PendingRecord pending)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        Record = record;
        Pending = pending;
        Since = pending.Target.Telemetry?.WaitsForRoom() ?? 0;
        Place = new LinkedListNode<RoomWaiter>(this);
    }

    public OutgoingRecord Record { get; }

    public PendingRecord Pending { get; }

    /// <summary>When it came into the line, for telemetry.</summary>
    public long Since { get; }

    /// <summary>Its place in line; out of the line it belongs to no list.</summary>
    public LinkedListNode<RoomWaiter> Place { get; }

    public CancellationTokenRegistration Cancellation { get; set; }
}

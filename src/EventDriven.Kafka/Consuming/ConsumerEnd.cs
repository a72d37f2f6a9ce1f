namespace EventDriven.Kafka.Consuming;

/// <summary>Why a consumer loop ended from inside.</summary>
/// <param name="Reason">The kind of end.</param>
/// <param name="Message">What happened and what to do.</param>
internal sealed record ConsumerEnd(ConsumerEndReason Reason, string Message)
{
    /// <summary>Whether the client still has its place in the group: what runs may end and be committed.</summary>
    public bool KeepsPlace { get; init; } = Reason is ConsumerEndReason.EventsExpired or ConsumerEndReason.StuckLeaveGroup or ConsumerEndReason.StuckStopHost;
}

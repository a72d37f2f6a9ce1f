using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka.Transactions;

/// <summary>A record of an event's output on its way to the broker. Nobody waits for it: the commit does.</summary>
internal sealed class OutputRecord(FlushEpoch epoch, EventOutput output, int size) : PendingRecord(epoch)
{
    protected override void OnDelivered(in EventReceipt receipt)
    {
    }

    protected override void OnFailed(EventProduceException error) => output.NoteRefused(size, error);
}

using Confluent.Kafka;
using EventDriven.Kafka.Telemetry;

namespace EventDriven.Kafka.Producing;

/// <summary>
/// One event from its call until its sending has ended. It ends exactly once: by the client's report, by a refusal of the client, or given up with its client.
/// </summary>
internal abstract class PendingRecord(FlushEpoch epoch)
{
    /// <summary>Where it is listed while it is in the client; guarded by the stripe.</summary>
    internal InFlightStripe? Stripe;
    internal PendingRecord? Previous;
    internal PendingRecord? Next;

    /// <summary>The call as telemetry sees it; set before the record goes anywhere.</summary>
    internal SendOperation Operation;

    /// <summary>Where it goes; chosen when its call began.</summary>
    public IRecordSink? Sink { get; init; }

    public ProduceTarget Target => epoch.Failures.Target;

    protected ProducerFailures Failures => epoch.Failures;

    /// <summary>Why it may not be given to this instance of the client; null where it may.</summary>
    public virtual EventProduceException? ReasonAgainst(ProducerConnection connection) => null;

    /// <summary>The client's report; given to the client as the delivery handler.</summary>
    public void OnReport(DeliveryReport<byte[], byte[]> report) => Stripe!.Owner.Settle(this, report);

    /// <summary>The broker acknowledged it.</summary>
    public void Complete(in EventReceipt receipt)
    {
        if (Operation.IsObserved) Target.Telemetry!.Delivered(Operation, receipt.Partition, receipt.Offset);
        OnDelivered(receipt);
        epoch.End();
    }

    /// <summary>It was in the client and was not delivered, or nobody knows.</summary>
    public void Fail(EventProduceException error)
    {
        if (Operation.IsObserved) Target.Telemetry!.Failed(Operation, wasSent: true, error.Reason.ToString());
        OnFailed(error);
        epoch.End();
    }

    /// <summary>It never came into the client; its call tells the caller.</summary>
    /// <param name="cause">Why; null where the caller has cancelled it.</param>
    public void Discard(Exception? cause)
    {
        if (Operation.IsObserved) Target.Telemetry!.Failed(Operation, wasSent: false, KindOf(cause));
        epoch.End();
    }

    private static string KindOf(Exception? cause) => cause switch
    {
        null or OperationCanceledException => "Cancelled",
        EventProduceException { Reason: var reason } => reason.ToString(),
        _ => cause.GetType().FullName!,
    };

    protected abstract void OnDelivered(in EventReceipt receipt);

    protected abstract void OnFailed(EventProduceException error);
}

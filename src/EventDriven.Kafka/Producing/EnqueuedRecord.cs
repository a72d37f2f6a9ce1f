namespace EventDriven.Kafka.Producing;

/// <summary>An event whose caller is called back, or left it to <see cref="IEventProducer{T}.FlushAsync"/>.</summary>
internal sealed class EnqueuedRecord(FlushEpoch epoch, Action<EventDelivery>? onCompleted) : PendingRecord(epoch)
{
    protected override void OnDelivered(in EventReceipt receipt)
    {
        if (onCompleted is not null) CallBack(onCompleted, new EventDelivery(receipt));
    }

    protected override void OnFailed(EventProduceException error)
    {
        if (onCompleted is null)
        {
            Failures.NobodyWaitsFor(error);
        }
        else
        {
            CallBack(onCompleted, new EventDelivery(error));
        }
    }

    private void CallBack(Action<EventDelivery> callback, EventDelivery delivery)
    {
        try
        {
            callback(delivery);
        }
#pragma warning disable CA1031 // The thread serves every producer of the client: what one caller throws must not end it.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            Failures.CallbackThrew(thrown);
        }
    }
}

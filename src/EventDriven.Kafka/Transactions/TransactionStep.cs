namespace EventDriven.Kafka.Transactions;

/// <summary>
/// The outermost step of each attempt of a consumer with transactions: what is produced inside becomes the output of the attempt. Composed only where there are transactions, so that
/// other consumers do not pay for it.
/// </summary>
internal sealed class TransactionStep(AmbientTransaction ambient, ConsumerOutputs outputs, EventDelegate next)
{
    public async ValueTask InvokeAsync(EventContext context)
    {
        var output = outputs.Open(context.Topic, context.Partition, context.Offset);

        // Set in an async method, it is gone again for whoever called this.
        ambient.Current = output;
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            await output.CloseAsync().ConfigureAwait(false);
        }

        if (output.Refused is { } refused) throw refused;

        context.Output = output;
    }
}

namespace EventDriven.Trimming;

/// <summary>Fails the first attempt at one order in ten, so that retries run too.</summary>
internal sealed class ReserveStock(Stock stock) : IEventHandler<OrderPlaced>
{
    public ValueTask HandleAsync(OrderPlaced @event, EventContext context, CancellationToken cancellationToken)
    {
        if (@event.Quantity % 10 == 0 && context.Attempt == 1) throw new InvalidOperationException("Not yet.");
        stock.Reserve();
        return ValueTask.CompletedTask;
    }
}

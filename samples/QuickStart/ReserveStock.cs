using EventDriven;

namespace QuickStart;

public sealed class ReserveStock(Progress progress) : IEventHandler<OrderPlaced>
{
    public async ValueTask HandleAsync(OrderPlaced order, EventContext context, CancellationToken cancellationToken)
    {
        // Some orders take longer than others: only their own later events wait for them.
        await Task.Delay(TimeSpan.FromMilliseconds(order.OrderId.Length % 3 * 5), cancellationToken);
        progress.Handled(order, context);
    }
}

using EventDriven;

namespace Enrich;

/// <summary>Joins an order with its customer. What it produces, and that the order is done, is committed together.</summary>
internal sealed class EnrichOrder(Customers customers, IEventProducer<OrderTotal> totals) : IEventHandler<Order>
{
    public async ValueTask HandleAsync(Order order, EventContext context, CancellationToken cancellationToken)
    {
        var customer = customers.Get(order.Customer);

        // The work of a real service, so that there is a middle to be killed in.
        await Task.Delay(5, cancellationToken);
        await totals.ProduceAsync(new OrderTotal(order.Number, customer.Country, order.Amount), cancellationToken);
    }
}

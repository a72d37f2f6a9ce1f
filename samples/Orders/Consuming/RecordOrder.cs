using EventDriven;
using Microsoft.EntityFrameworkCore;
using Orders.Data;

namespace Orders.Consuming;

/// <summary>
/// Writes each order to the database. Events come at least once, so it is idempotent by the order's id. The context is that of one attempt: after a failure
/// the next attempt has another.
/// </summary>
public sealed class RecordOrder(OrdersDb db) : IEventHandler<OrderPlaced>
{
    public async ValueTask HandleAsync(OrderPlaced order, EventContext context, CancellationToken cancellationToken)
    {
        if (await db.Orders.AnyAsync(stored => stored.OrderId == order.OrderId, cancellationToken)) return;

        // Should another process do the same right now, the primary key refuses one of the two; its retry finds the order above.
        db.Orders.Add(new Order { OrderId = order.OrderId, CustomerId = order.CustomerId, Amount = order.Amount, PlacedAt = context.Timestamp });
        await db.SaveChangesAsync(cancellationToken);
    }
}

using EventDriven;
using Microsoft.EntityFrameworkCore;
using Orders.Data;

namespace Orders.Consuming;

/// <summary>
/// Tells each customer which order of theirs this is. The orders of a customer come one after the other (key order), so it can count without a lock, however
/// many customers are served at once.
/// </summary>
public sealed partial class NotifyCustomer(OrdersDb db, ILogger<NotifyCustomer> logger) : IEventHandler<OrderPlaced>
{
    public async ValueTask HandleAsync(OrderPlaced order, EventContext context, CancellationToken cancellationToken)
    {
        var sent = await db.Notifications.Where(one => one.CustomerId == order.CustomerId).Select(one => one.OrderId).ToListAsync(cancellationToken);
        if (sent.Contains(order.OrderId)) return;

        var number = sent.Count + 1;
        db.Notifications.Add(new Notification { OrderId = order.OrderId, CustomerId = order.CustomerId, Number = number });
        await db.SaveChangesAsync(cancellationToken);
        LogNotified(logger, order.OrderId, number);
    }

    [LoggerMessage(1, LogLevel.Information, "Order {OrderId} is number {Number} of its customer.")]
    private static partial void LogNotified(ILogger logger, string orderId, int number);
}

using EventDriven;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Transactions
{
    public static void RegisterConsumer(IServiceCollection services)
    {
        services.AddEventProducer<OrderTotal>("order-totals", p => p.KeyedBy(total => total.OrderId));

        services.AddEventConsumer<OrderPlaced, TotalOrders>("orders", group: "totals", c => c
            .InTransactions()
            .InKeyOrder(maxConcurrency: 64)
            .OnFailure(f => f
                .Retry(3, TimeSpan.FromMilliseconds(200))
                .ThenDeadLetter()));
    }

    public static void RegisterProducer(IServiceCollection services)
    {
        services.AddEventProducer<OrderPlaced>("orders", p => p.KeyedBy(order => order.OrderId));
        services.AddEventProducer<InvoiceRequested>("invoices", p => p.KeyedBy(invoice => invoice.OrderId));
        services.AddTransactionalProducer("checkout");
    }

    public static async Task ProduceAsync(ITransactionalProducer producer, string id, CancellationToken cancellationToken)
    {
        await producer.InTransactionAsync(async transaction =>
        {
            await transaction.ProduceAsync(new OrderPlaced(id, 99.90m), cancellationToken: cancellationToken);
            await transaction.ProduceAsync(new InvoiceRequested(id), cancellationToken: cancellationToken);
        }, cancellationToken);
    }

    public static async Task TellAsync(IEventProducer<OrderSuspicious> alerts, OrderPlaced order, CancellationToken cancellationToken)
    {
        await alerts.OutsideTransaction().ProduceAsync(new OrderSuspicious(order.OrderId), cancellationToken);
    }
}

internal sealed record OrderTotal(string OrderId, decimal Amount);

internal sealed record InvoiceRequested(string OrderId);

internal sealed record OrderSuspicious(string OrderId);

internal sealed class TotalOrders(IEventProducer<OrderTotal> totals) : IEventHandler<OrderPlaced>
{
    public async ValueTask HandleAsync(OrderPlaced order, EventContext context, CancellationToken cancellationToken)
    {
        await totals.ProduceAsync(new OrderTotal(order.OrderId, order.Amount), cancellationToken);
    }
}

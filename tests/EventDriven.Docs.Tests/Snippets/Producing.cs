using EventDriven;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Producing
{
    public static void Register(IServiceCollection services)
    {
        services.AddEventProducer<OrderPlaced>("orders", p => p
            .KeyedBy(order => order.OrderId)
            .EventType("com.example.order-placed"));

        services.AddEventProducer<OrderPlaced>("orders", p => p
            .KeyedBy(order => new OrderKey("de", order.OrderId))
            .Key<OrderKey>(k => k.UseJson(OrdersJson.Default)));

        services.AddEventProducer<OrderPlaced>("orders", p => p
            .Use<TenantHeader>()
            .Use(async (context, next) =>
            {
                if (context.IsTombstone) throw new InvalidOperationException("Orders are never deleted.");
                await next(context);
            }));

        services.AddKeyedEventProducer<OrderPlaced>("audit", "orders-audit", p => p
            .OnCluster("Audit")
            .WithoutCloudEvents()
            .ConfigureClient(client => client.CompressionType = Confluent.Kafka.CompressionType.Zstd));
    }
}

internal sealed partial class Checkout(IEventProducer<OrderPlaced> orders, ILogger<Checkout> logger)
{
    public async Task PlaceAsync(OrderPlaced order, CancellationToken cancellationToken)
    {
        EventReceipt receipt = await orders.ProduceAsync(order, cancellationToken);
        LogPlaced(receipt.Topic, receipt.Partition, receipt.Offset);
    }

    public async Task PlaceWithHeadersAsync(OrderPlaced order, CancellationToken cancellationToken)
    {
        await orders.ProduceAsync(order, new ProduceOptions
        {
            Headers = new EventHeaders().Add("tenant", "acme"),
            Timestamp = DateTimeOffset.Parse("2026-03-01T12:00:00Z", null),
            Partition = 3,
        }, cancellationToken);
    }

    public async Task ImportAsync(IAsyncEnumerable<OrderPlaced> all, CancellationToken cancellationToken)
    {
        await foreach (var order in all.WithCancellation(cancellationToken))
        {
            // Completes at once, unless the client's queue is full: then when there is room.
            await orders.EnqueueAsync(order, onCompleted: null, cancellationToken: cancellationToken);
        }

        await orders.FlushAsync(cancellationToken);   // throws, with the count, if any was not delivered
    }

    public async Task<int> PlaceAllAsync(IReadOnlyList<OrderPlaced> placed, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<EventReceipt> receipts = await orders.ProduceBatchAsync(placed, cancellationToken: cancellationToken);
            return receipts.Count;
        }
        catch (EventBatchProduceException error)
        {
            foreach (var failure in error.Failures)
            {
                LogNotPlaced(failure.Error, placed[failure.Index].OrderId);   // error.Receipts has the others, by index
            }

            return placed.Count - error.Failures.Count;
        }
    }

    public Task ForgetAsync(string orderId, CancellationToken cancellationToken) =>
        orders.ProduceTombstoneAsync(orderId, cancellationToken: cancellationToken);

    [LoggerMessage(1, LogLevel.Information, "{Topic}[{Partition}] offset {Offset}")]
    private partial void LogPlaced(string topic, int partition, long offset);

    [LoggerMessage(2, LogLevel.Error, "Order {OrderId} was not placed")]
    private partial void LogNotPlaced(Exception error, string orderId);
}

internal sealed class TenantHeader(ITenants tenants) : IProducerMiddleware
{
    public ValueTask InvokeAsync(ProduceContext context, ProduceDelegate next)
    {
        context.Headers.Set("tenant", tenants.Current);
        return next(context);
    }
}

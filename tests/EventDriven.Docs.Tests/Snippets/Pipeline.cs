using System.Text.Json;
using System.Text.Json.Serialization;
using EventDriven;
using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace EventDriven.Docs.Tests.Snippets;

internal sealed class TenantMiddleware(ITenants tenants) : IEventMiddleware
{
    public ValueTask InvokeAsync(EventContext context, EventDelegate next)
    {
        if (context.Headers.GetText("tenant") is { } tenant && tenants.IsTest(tenant))
        {
            context.Filter("test tenant");        // dropped on purpose: counted, and its offset may be committed
            return ValueTask.CompletedTask;
        }

        return next(context);
    }
}

internal sealed class LargeOrders : IEventMiddleware<OrderPlaced>
{
    public ValueTask InvokeAsync(OrderPlaced order, EventContext context, EventDelegate next)
    {
        context.Items["large"] = order.Amount > 10_000;
        return next(context);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(OrderPlaced))]
[JsonSerializable(typeof(OrderKey))]
internal sealed partial class OrdersJson : JsonSerializerContext;

internal static class Pipelines
{
    public static void Register(IServiceCollection services)
    {
        services.AddEventConsumer("orders", group: "mail", c => c
            .Handle(async (OrderPlaced order, InventoryDb db, CancellationToken cancellationToken) =>
                await db.ReserveAsync(order.OrderId, cancellationToken)));

        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "inventory", c => c
            .Use<TenantMiddleware>()
            .Use(async (context, next) =>
            {
                var started = TimeProvider.System.GetTimestamp();
                await next(context);
                Console.WriteLine($"{context.Topic} took {TimeProvider.System.GetElapsedTime(started)}");
            })
            .Use<LargeOrders>());

        services.AddEventProducer<OrderPlaced>("orders", p => p.UseJson(OrdersJson.Default));

        services.AddResiliencePipeline("inventory", pipeline => pipeline
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 5, BackoffType = DelayBackoffType.Exponential })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions())
            .AddTimeout(TimeSpan.FromSeconds(10)));
        services.AddEventConsumer<OrderPlaced, ReserveStock>("orders", group: "stock", c => c
            .OnFailure(f => f.Retry("inventory")));
    }
}

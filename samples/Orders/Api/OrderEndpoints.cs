using EventDriven;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Orders.Consuming;
using Orders.Data;

namespace Orders.Api;

/// <summary>The requests that this service answers.</summary>
public static class OrderEndpoints
{
    public static void MapOrders(this WebApplication app)
    {
        app.MapPost("/orders", PlaceAsync);
        app.MapGet("/orders/{orderId}", GetOrderAsync);
        app.MapGet("/customers/{customerId}/notifications", GetNotificationsAsync);
    }

    private static async Task<IResult> PlaceAsync(
        PlaceOrder request, HttpRequest http, IEventProducer<OrderPlaced> orders, IOptions<TestTrafficOptions> testTraffic, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.CustomerId) || request.Amount <= 0)
        {
            return Results.ValidationProblem(new Dictionary<string, string[]> { ["order"] = ["An order needs a customer and an amount above zero."] });
        }

        var order = new OrderPlaced(request.OrderId ?? Guid.CreateVersion7().ToString(), request.CustomerId, request.Amount);
        var headers = new EventHeaders();
        if (http.Headers.TryGetValue(testTraffic.Value.Header, out var marked)) headers.Add(testTraffic.Value.Header, marked);

        try
        {
            // Completes when the brokers have the event: from here on the order can't be lost.
            await orders.ProduceAsync(order, new ProduceOptions { Headers = headers }, cancellationToken);
        }
        catch (EventProduceException exception)
        {
            return Results.Problem(
                statusCode: StatusCodes.Status503ServiceUnavailable,
                title: exception.MayHaveBeenDelivered ? "It is not known whether the order was placed. Send it again with the same orderId." : "The order was not placed.",
                detail: exception.Message,
                extensions: new Dictionary<string, object?> { ["orderId"] = order.OrderId });
        }

        return Results.Accepted($"/orders/{Uri.EscapeDataString(order.OrderId)}", order);
    }

    private static async Task<IResult> GetOrderAsync(string orderId, OrdersDb db, CancellationToken cancellationToken) =>
        await db.Orders.AsNoTracking().SingleOrDefaultAsync(order => order.OrderId == orderId, cancellationToken) is { } found
            ? Results.Ok(found)
            : Results.NotFound();

    private static async Task<IResult> GetNotificationsAsync(string customerId, OrdersDb db, CancellationToken cancellationToken) =>
        Results.Ok(await db.Notifications.AsNoTracking().Where(one => one.CustomerId == customerId).OrderBy(one => one.Number).ToListAsync(cancellationToken));
}

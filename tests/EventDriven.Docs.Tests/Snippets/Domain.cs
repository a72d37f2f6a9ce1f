namespace EventDriven.Docs.Tests.Snippets;

internal sealed record OrderPlaced(string OrderId, decimal Amount);

internal sealed record OrderCancelled(string OrderId);

internal sealed record OrderKey(string Shop, string OrderId);

internal sealed class InventoryDb
{
    public Task ReserveAsync(string orderId, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ForgetAsync(string orderId, CancellationToken cancellationToken) => Task.CompletedTask;
}

internal interface ITenants
{
    string Current { get; }

    bool IsTest(string tenant);
}

internal sealed class CancelOrder : IEventHandler<OrderCancelled>
{
    public ValueTask HandleAsync(OrderCancelled @event, EventContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

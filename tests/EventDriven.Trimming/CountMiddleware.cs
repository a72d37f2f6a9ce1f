namespace EventDriven.Trimming;

internal sealed class CountMiddleware(Stock stock) : IEventMiddleware
{
    public ValueTask InvokeAsync(EventContext context, EventDelegate next)
    {
        stock.See();
        return next(context);
    }
}

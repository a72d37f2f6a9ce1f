namespace EventDriven.Kafka.Tests.Pipeline;

internal interface IHaveOrderId
{
    string OrderId { get; }
}

internal sealed record OrderPlaced(string OrderId, int Amount) : IHaveOrderId;

internal sealed record OrderCancelled(string OrderId) : IHaveOrderId;

internal readonly record struct Reading(int Value);

internal sealed class Db : IDisposable
{
    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;
}

internal sealed class Journal
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
        }
    }
}

/// <summary>A handler with a scoped service.</summary>
internal sealed class BookOrder(Db db, Journal journal) : IEventHandler<OrderPlaced>
{
    public ValueTask HandleAsync(OrderPlaced @event, EventContext context, CancellationToken cancellationToken)
    {
        journal.Add($"{@event.OrderId} attempt {context.Attempt} scope {db.GetHashCode()}");
        return @event.Amount < 0 ? throw new InvalidOperationException("negative") : default;
    }
}

internal sealed class CountBytes : IEventHandler<byte[]>
{
    public long Count { get; private set; }

    public ValueTask HandleAsync(byte[] @event, EventContext context, CancellationToken cancellationToken)
    {
        Count++;
        return default;
    }
}

internal sealed class CountOrders : IEventHandler<OrderPlaced>
{
    public long Count { get; private set; }

    public ValueTask HandleAsync(OrderPlaced @event, EventContext context, CancellationToken cancellationToken)
    {
        Count++;
        return default;
    }
}

namespace EventDriven.Benchmarks.Peers;

/// <summary>Wolverine's handler.</summary>
public static class OrderHandler
{
    /// <summary>Found by its name.</summary>
    public static void Handle(Order order, Work work) => work.Do(order);
}

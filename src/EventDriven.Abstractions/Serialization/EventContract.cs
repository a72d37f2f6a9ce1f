namespace EventDriven;

/// <summary>What a producer or consumer of a host has agreed on with others: the schema of its events, or of their keys. Immutable.</summary>
public sealed class EventContract
{
    /// <summary>Whose it is: <c>producer 'orders'</c>, <c>consumer 'inventory'</c>.</summary>
    public required string Owner { get; init; }

    /// <summary>Whether it is written; it is read otherwise.</summary>
    public required bool IsProduced { get; init; }

    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Key or value.</summary>
    public required EventComponent Component { get; init; }

    /// <summary>The .NET type.</summary>
    public required Type EventType { get; init; }

    /// <summary>The schema of the type.</summary>
    public required EventSchema Schema { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Owner}, {(Component is EventComponent.Key ? "key" : "value")} {EventType} on '{Topic}'";
}

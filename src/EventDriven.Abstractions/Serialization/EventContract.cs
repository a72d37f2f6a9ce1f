namespace EventDriven;

/// <summary>What a producer or consumer of a host has agreed on with others: the schema of its events, or of their keys. Immutable.</summary>
/// <param name="Owner">Whose it is: <c>producer 'orders'</c>, <c>consumer 'inventory'</c>.</param>
/// <param name="IsProduced">Whether it is written; it is read otherwise.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Component">Key or value.</param>
/// <param name="EventType">The .NET type.</param>
/// <param name="Schema">The schema of the type.</param>
public sealed record EventContract(string Owner, bool IsProduced, string Topic, EventComponent Component, Type EventType, EventSchema Schema)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Owner}, {(Component is EventComponent.Key ? "key" : "value")} {EventType} on '{Topic}'";
}

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>A value of an enum, and the number that is written for it. Immutable.</summary>
/// <param name="value">The value.</param>
/// <param name="index">The number of its symbol.</param>
internal sealed class SymbolIndex(object value, int index)
{
    public object Value => value;

    public int Index => index;
}

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>A value of an enum, and what it is called in Avro. Immutable.</summary>
/// <param name="value">The value.</param>
/// <param name="symbol">Its symbol.</param>
/// <remarks>Here, and in the parts of plans, a class: the runtime brings the code of collections of classes with it, and compiles that of collections of tuples in every process.</remarks>
internal sealed class EnumSymbol(object value, string symbol)
{
    public object Value => value;

    public string Symbol => symbol;
}

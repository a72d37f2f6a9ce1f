namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>One of several symbols.</summary>
internal sealed class EnumSchema(string fullName, IReadOnlyList<string> symbols) : NamedSchema(AvroKind.Enum, fullName)
{
    public IReadOnlyList<string> Symbols => symbols;

    /// <summary>What a reader takes for a symbol that it does not know.</summary>
    public string? Default { get; init; }

    protected override int ComputeMinimumSize() => 1;
}

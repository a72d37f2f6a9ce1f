namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>One of several symbols.</summary>
internal sealed class EnumSchema(string fullName, IReadOnlyList<string> symbols) : NamedSchema(AvroKind.Enum, fullName)
{
    public IReadOnlyList<string> Symbols => symbols;

    /// <summary>What a reader takes for a symbol that it does not know.</summary>
    public string? Default { get; init; }

    public bool Has(string symbol)
    {
        for (var i = 0; i < symbols.Count; i++)
        {
            if (symbols[i] == symbol) return true;
        }

        return false;
    }

    protected override int ComputeMinimumSize() => 1;
}

namespace EventDriven.SchemaRegistry;

/// <summary>A schema as the registry has it. Immutable.</summary>
internal sealed class KnownSchema
{
    /// <summary>0 where it was asked for by its GUID and the registry did not tell.</summary>
    public required int Id { get; init; }

    /// <summary>Null where the registry gives none.</summary>
    public Guid? Guid { get; init; }

    public required SchemaFormat Format { get; init; }

    public required string Text { get; init; }

    public ContractRules Rules { get; init; }

    /// <summary>What the text refers to, directly and indirectly, each once, each behind those that it refers to itself.</summary>
    public IReadOnlyList<ReferencedSchema> References { get; init; } = [];
}

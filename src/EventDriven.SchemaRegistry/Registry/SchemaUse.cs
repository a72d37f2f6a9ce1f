namespace EventDriven.SchemaRegistry;

/// <summary>How the schema to write with is found; the meanings are those of the client vendor's serializers, and so is the order: by id, by metadata, the latest, registered, looked up.</summary>
internal sealed record SchemaUse
{
    public int? Id { get; init; }

    public IReadOnlyDictionary<string, string>? LatestWithMetadata { get; init; }

    public bool Latest { get; init; }

    public bool LatestMustBeCompatible { get; init; }

    public bool AutoRegister { get; init; }

    public bool Normalize { get; init; }

    /// <summary>Whether what was found may be another one later.</summary>
    public bool Changes => Id is null && (Latest || LatestWithMetadata is not null);
}

namespace EventDriven.SchemaRegistry;

/// <summary>What identifies a schema on the wire: an id of the registry, or a GUID.</summary>
internal readonly record struct SchemaKey
{
    public SchemaKey(int id) => Id = id;

    public SchemaKey(Guid guid) => Guid = guid;

    public int Id { get; }

    /// <summary>Null where it is an id.</summary>
    public Guid? Guid { get; }

    public override string ToString() => Guid is { } guid ? $"GUID {guid}" : $"id {Id}";
}

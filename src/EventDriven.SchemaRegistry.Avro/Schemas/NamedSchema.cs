namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>A record, enum or fixed.</summary>
internal abstract class NamedSchema(AvroKind kind, string fullName) : AvroSchema(kind)
{
    public string FullName => fullName;

    public string Name => fullName[(fullName.LastIndexOf('.') + 1)..];

    public string Namespace => fullName.LastIndexOf('.') is var dot and > 0 ? fullName[..dot] : "";

    /// <summary>Other full names under which writers may know it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public string? Doc { get; init; }

    public override string Display => fullName;
}

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>A schema as a client sends it.</summary>
internal sealed record SchemaRequest(SchemaFormat Format, string Text, IReadOnlyList<StoredReference> References, IReadOnlyDictionary<string, string> Metadata, string? RuleSet);

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>A schema, once for all subjects that it is registered under. Immutable.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Guid">Its GUID: of its content, so the same in every registry.</param>
/// <param name="Format">Avro, JSON or Protobuf.</param>
/// <param name="Text">Its text, as it was registered first.</param>
/// <param name="Identity">Its text without what makes no difference.</param>
/// <param name="References">What it refers to.</param>
/// <param name="Metadata">The properties of its metadata.</param>
/// <param name="RuleSet">The rules of its data contract, as JSON; null where it has none. They are told, and never run.</param>
internal sealed record StoredSchema(
    int Id, Guid Guid, SchemaFormat Format, string Text, string Identity, IReadOnlyList<StoredReference> References, IReadOnlyDictionary<string, string> Metadata, string? RuleSet);

namespace EventDriven.SchemaRegistry;

/// <summary>The schema to write with.</summary>
/// <param name="Schema">As the registry has it.</param>
/// <param name="IsOwn">Whether its text, and that of all it refers to, is that of the application's own definition, and not that of another version.</param>
internal readonly record struct FoundSchema(KnownSchema Schema, bool IsOwn);

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>What one schema says of another that it refers to.</summary>
internal sealed record StoredReference(string Name, string Subject, int Version);

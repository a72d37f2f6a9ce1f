namespace EventDriven.SchemaRegistry;

/// <summary>Names the subject of a schema.</summary>
/// <param name="topic">The topic that is written to.</param>
/// <param name="component">Whether it is the schema of the key or of the value.</param>
/// <param name="recordName">The full name of the record or message; null where the schema has none.</param>
/// <returns>The subject.</returns>
public delegate string SubjectNamer(string topic, EventComponent component, string? recordName);

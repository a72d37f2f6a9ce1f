namespace EventDriven.SchemaRegistry;

/// <summary>A schema as an application has it: its text, and the schemas that it refers to. Compared by reference: made once, at start.</summary>
internal sealed class SchemaDefinition(SchemaFormat format, string text)
{
    public SchemaFormat Format => format;

    public string Text => text;

    /// <summary>The name of the record or message, for subjects and for telling event types apart; null where it has none.</summary>
    public string? Name { get; init; }

    /// <summary>What the text refers to; registered first.</summary>
    public IReadOnlyList<SchemaDependency> Dependencies { get; init; } = [];
}

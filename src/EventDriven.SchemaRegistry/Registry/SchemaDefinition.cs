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

    /// <summary>As it is shown to users.</summary>
    public EventSchema Describe(string subject) => new(format.ToString().ToUpperInvariant(), subject, text) { Name = Name, References = [.. Transitive().DistinctBy(static reference => (reference.Name, reference.Text))] };

    private IEnumerable<EventSchemaReference> Transitive() => Dependencies.SelectMany(static dependency => dependency.Schema.Transitive().Append(new EventSchemaReference(dependency.Name, dependency.Schema.Text)));
}

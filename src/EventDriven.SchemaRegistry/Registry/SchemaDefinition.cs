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

    /// <summary>What the text refers to, directly and indirectly, each once, each behind those that it refers to itself.</summary>
    public IReadOnlyList<ReferencedSchema> Referenced() => Dependencies.Count == 0 ? [] : [.. Transitive().DistinctBy(static reference => reference.Name)];

    /// <summary>Whether a schema of the registry is this one. The same text may refer to other versions.</summary>
    public bool Is(string text, IReadOnlyList<ReferencedSchema> references) =>
        text == Text && (references.Count == 0 ? Dependencies.Count == 0 : references.SequenceEqual(Referenced()));

    /// <summary>As it is shown to users.</summary>
    public EventSchema Describe(string subject) => new(format.ToString().ToUpperInvariant(), subject, text)
    {
        Name = Name,
        References = [.. Referenced().Select(static reference => new EventSchemaReference(reference.Name, reference.Text))],
    };

    private IEnumerable<ReferencedSchema> Transitive() => Dependencies.SelectMany(static dependency => dependency.Schema.Transitive().Append(new ReferencedSchema(dependency.Name, dependency.Schema.Text)));
}

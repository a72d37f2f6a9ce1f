using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Serialization;

/// <summary>A schema that was given, with what it refers to. Immutable; made once, at start.</summary>
internal sealed class GivenSchema
{
    private readonly IReadOnlyDictionary<string, (string Subject, string Schema)> _given;
    private readonly Dictionary<string, SchemaDependency?> _made = new(StringComparer.Ordinal);

    /// <param name="text">The text, which is registered as it stands.</param>
    /// <param name="references">The schemas that others refer to, by their full names.</param>
    /// <exception cref="AvroSchemaException">One of them is no schema, or does not define what it was given as, or schemas refer to each other in a circle.</exception>
    public GivenSchema(string text, IReadOnlyDictionary<string, (string Subject, string Schema)> references)
    {
        _given = references;
        var dependencies = Dependencies(text);
        var plain = new SchemaDefinition(SchemaFormat.Avro, text) { Dependencies = dependencies };
        Schema = Parse(plain);
        Definition = new SchemaDefinition(SchemaFormat.Avro, text) { Name = (Schema as NamedSchema)?.FullName, Dependencies = dependencies };
    }

    public AvroSchema Schema { get; }

    public SchemaDefinition Definition { get; }

    private static AvroSchema Parse(SchemaDefinition schema) => AvroSchemaParser.Parse(schema.Text, [.. schema.Referenced().Select(static reference => reference.Text)]);

    private IReadOnlyList<SchemaDependency> Dependencies(string text) => [.. AvroSchemaParser.NamesFrom(_given.Keys, text).Select(Make)];

    private SchemaDependency Make(string name)
    {
        if (_made.TryGetValue(name, out var made)) return made ?? throw new AvroSchemaException($"The schema '{name}' refers to itself through others, and can't be registered before itself.");

        _made[name] = null;
        var (subject, text) = _given[name];
        var definition = new SchemaDefinition(SchemaFormat.Avro, text) { Name = name, Dependencies = Dependencies(text) };
        var schema = Parse(definition);
        return schema is NamedSchema named && named.FullName == name
            ? _made[name] = new SchemaDependency(name, subject, definition)
            : throw new AvroSchemaException($"The schema that was given as '{name}' is {schema.Display}. Give each under the full name of the type that it defines.");
    }
}

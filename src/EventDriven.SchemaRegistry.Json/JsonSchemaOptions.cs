using System.Text.Json;

namespace EventDriven.SchemaRegistry.Json;

/// <summary>How a producer, consumer or key writes and reads JSON with a schema.</summary>
public sealed class JsonSchemaOptions : SchemaSerializationOptions
{
    /// <summary>
    /// How System.Text.Json writes and reads. The default value is null: <see cref="JsonSerializerDefaults.Web"/>. They can't be changed once the host has started. Without a type
    /// resolver, reflection is used where the application has it.
    /// </summary>
    public JsonSerializerOptions? SerializerOptions { get; set; }

    /// <summary>Whether events are validated by the schema they are written by before they are sent. An event that does not match fails. The default value is false.</summary>
    public bool ValidateOnWrite { get; set; }

    /// <summary>Whether events are validated by the schema they were written by before they are read. An event that does not match fails for good. The default value is false.</summary>
    public bool ValidateOnRead { get; set; }

    internal Dictionary<Type, string> Schemas { get; } = [];

    internal Dictionary<string, (string Subject, string Schema)> References { get; } = new(StringComparer.Ordinal);

    /// <summary>Gives the schema of a type, in place of the one that is made from it.</summary>
    /// <typeparam name="T">The type of the event or key.</typeparam>
    /// <param name="schema">The JSON Schema. Its <c>title</c> is the name of the event, for subjects and for telling several types apart.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException"><paramref name="schema"/> is null or blank.</exception>
    public JsonSchemaOptions UseSchema<T>(string schema)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(schema);
        Schemas[typeof(T)] = schema;
        return this;
    }

    /// <summary>
    /// Gives a schema that others refer to by <c>$ref</c>: those of <see cref="UseSchema"/>, or other referred ones. It is registered, or looked up, under its own subject before them. With
    /// <c>oneOf</c> and a reference to each, several types of event share one subject.
    /// </summary>
    /// <param name="name">What stands in <c>$ref</c>, without a fragment, such as <c>order-placed.json</c>.</param>
    /// <param name="subject">The subject that it is registered under.</param>
    /// <param name="schema">The JSON Schema. Its <c>title</c> is the name of the event, where it is one of a <c>oneOf</c>.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">An argument is null or blank.</exception>
    public JsonSchemaOptions AddReference(string name, string subject, string schema)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(subject);
        ArgumentException.ThrowIfNullOrWhiteSpace(schema);
        References[name] = (subject, schema);
        return this;
    }
}

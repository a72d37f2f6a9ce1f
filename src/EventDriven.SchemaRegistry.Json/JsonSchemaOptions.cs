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
}

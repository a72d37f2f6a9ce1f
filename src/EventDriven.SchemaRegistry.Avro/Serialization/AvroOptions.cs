using System.Diagnostics.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro;

/// <summary>How events of a producer, consumer or key are written and read as Avro. Not thread-safe; used only while services are registered.</summary>
public sealed class AvroOptions : SchemaSerializationOptions
{
    /// <summary>
    /// The text of a schema (an <c>.avsc</c>) onto which the event's type is mapped: members by name, whatever their case and underscores. Where it is a union of several events, the type is
    /// the branch of its name. The default value is null: the schema is made from the type. Not for the types of Apache.Avro, which have their own.
    /// </summary>
    [StringSyntax(StringSyntaxAttribute.Json)]
    public string? Schema { get; set; }

    internal Dictionary<string, (string Subject, string Schema)> References { get; } = new(StringComparer.Ordinal);

    internal bool HasSchema => Schema is not null || References.Count > 0;

    /// <summary>
    /// Gives a schema that others refer to by its name: <see cref="Schema"/>, or other referred ones. It is registered, or looked up, under its own subject before them. With a union of names,
    /// several types of event share one subject.
    /// </summary>
    /// <param name="name">The full name of the type that it defines, such as <c>com.acme.orders.OrderPlaced</c>.</param>
    /// <param name="subject">The subject that it is registered under.</param>
    /// <param name="schema">Its text.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">An argument is null or blank.</exception>
    public AvroOptions AddReference(string name, string subject, [StringSyntax(StringSyntaxAttribute.Json)] string schema)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(subject);
        ArgumentException.ThrowIfNullOrWhiteSpace(schema);
        References[name] = (subject, schema);
        return this;
    }
}

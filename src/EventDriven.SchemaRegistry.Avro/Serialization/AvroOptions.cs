using System.Diagnostics.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro;

/// <summary>How events of a producer, consumer or key are written and read as Avro. Not thread-safe; used only while services are registered.</summary>
public sealed class AvroOptions : SchemaSerializationOptions
{
    /// <summary>
    /// The text of a schema (an <c>.avsc</c>) onto which the event's type is mapped: members by name, whatever their case and underscores. The default value is null: the
    /// schema is made from the type. Not for the types of Apache.Avro, which have their own.
    /// </summary>
    [StringSyntax(StringSyntaxAttribute.Json)]
    public string? Schema { get; set; }
}

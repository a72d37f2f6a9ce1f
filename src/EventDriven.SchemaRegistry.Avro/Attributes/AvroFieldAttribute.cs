using System.Diagnostics.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro;

/// <summary>Says how a property or field is called in Avro, and what a reader takes for it where the writer had no such field.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class AvroFieldAttribute : Attribute
{
    /// <summary>Creates the attribute.</summary>
    public AvroFieldAttribute()
    {
    }

    /// <summary>Creates the attribute.</summary>
    /// <param name="name">The name of the field. Without one it is the member's own in camel case.</param>
    public AvroFieldAttribute(string name) => Name = name;

    /// <summary>The name of the field; null for the member's own in camel case.</summary>
    public string? Name { get; }

    /// <summary>Names under which writers may know the field.</summary>
    public string[] Aliases { get; set; } = [];

    /// <summary>A description, which stands in the schema.</summary>
    public string? Doc { get; set; }

    /// <summary>
    /// The default as JSON, such as <c>"0"</c>, <c>"\"EUR\""</c> or <c>"[]"</c>. Without one it is null for a nullable member, else what the constructor's parameter has, else none.
    /// </summary>
    [StringSyntax(StringSyntaxAttribute.Json)]
    public string? Default { get; set; }
}

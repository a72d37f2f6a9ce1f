namespace EventDriven.SchemaRegistry.Avro;

/// <summary>Says how a type is called in Avro, where that is not its .NET name and namespace.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Interface, Inherited = false)]
public sealed class AvroTypeAttribute : Attribute
{
    /// <summary>The name of the record or enum, without a namespace. The default is the type's own name; arguments of a generic type follow it, as in <c>EnvelopeOfOrder</c>.</summary>
    public string? Name { get; set; }

    /// <summary>The namespace. The default is that of the type; an empty one means none.</summary>
    public string? Namespace { get; set; }

    /// <summary>Names under which writers may know the type: full ones, or without a namespace where that is the same.</summary>
    public string[] Aliases { get; set; } = [];

    /// <summary>A description, which stands in the schema.</summary>
    public string? Doc { get; set; }

    /// <summary>Of an enum: the symbol that a reader takes for one that it does not know. The default is none, so that an unknown symbol is an error.</summary>
    public string? Default { get; set; }
}

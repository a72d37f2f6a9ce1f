using Microsoft.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>What keeps a type from being generated. docs/avro.md lists them.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor Context = Create("EDAVRO001", "The context can't be completed");
    public static readonly DiagnosticDescriptor NoForm = Create("EDAVRO002", "The type has no form in Avro");
    public static readonly DiagnosticDescriptor Unreachable = Create("EDAVRO003", "Generated code can't reach the type or member");
    public static readonly DiagnosticDescriptor Name = Create("EDAVRO004", "No valid or unique name in Avro");
    public static readonly DiagnosticDescriptor Attribute = Create("EDAVRO005", "The attribute does not fit");

    private static DiagnosticDescriptor Create(string id, string title) => new(id, title, "{0}", "EventDriven.Avro", DiagnosticSeverity.Error, isEnabledByDefault: true);
}

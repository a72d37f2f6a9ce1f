using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>A diagnostic by values alone, so that equal ones are equal: a <see cref="Location"/> would keep a whole compilation alive.</summary>
internal sealed record Finding(DiagnosticDescriptor Rule, string Message, string? File, TextSpan Span, LinePositionSpan Lines)
{
    public static Finding At(DiagnosticDescriptor rule, string message, Location? location) => location?.SourceTree is { } tree
        ? new Finding(rule, message, tree.FilePath, location.SourceSpan, location.GetLineSpan().Span)
        : new Finding(rule, message, null, default, default);

    public Diagnostic ToDiagnostic() => Diagnostic.Create(Rule, File is null ? Location.None : Location.Create(File, Span, Lines), Message);
}

using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>Completes classes derived from <c>AvroContext</c> with the schemas and the code of the types that <c>[AvroSerializable]</c> names.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class AvroGenerator : IIncrementalGenerator
{
    /// <summary>The name of the step whose results are compared, for tests.</summary>
    public const string Step = "AvroContexts";

    private const string Attribute = "EventDriven.SchemaRegistry.Avro.AvroSerializableAttribute";
    private const string Base = "EventDriven.SchemaRegistry.Avro.AvroContext";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var outputs = context.SyntaxProvider
            .ForAttributeWithMetadataName(Attribute, static (node, _) => node is ClassDeclarationSyntax, static (found, stopping) => Generate(found, stopping))
            .WithTrackingName(Step);
        context.RegisterSourceOutput(outputs, static (production, output) =>
        {
            foreach (var finding in output.Findings) production.ReportDiagnostic(finding.ToDiagnostic());
            if (output.Source is not null) production.AddSource(output.Name, SourceText.From(output.Source, Encoding.UTF8));
        });
    }

    private static Output Generate(GeneratorAttributeSyntaxContext found, CancellationToken stopping)
    {
        var context = (INamedTypeSymbol)found.TargetSymbol;
        var declaration = (ClassDeclarationSyntax)found.TargetNode;
        var name = $"{Names.Reflected(context).Replace('+', '.').Replace('`', '_')}.Avro.g.cs";
        var findings = new Findings();
        if (Reason(context, declaration) is { } reason)
        {
            findings.Add(Rules.Context, $"{context.Name} {reason}", declaration.Identifier.GetLocation());
            return new Output(name, null, findings.ToArray());
        }

        var roots = new List<(ITypeSymbol, Value, string)>();
        foreach (var attribute in found.Attributes)
        {
            stopping.ThrowIfCancellationRequested();
            var location = attribute.ApplicationSyntaxReference?.GetSyntax(stopping).GetLocation();
            if (attribute.ConstructorArguments.Length == 0 || attribute.ConstructorArguments[0].Value is not ITypeSymbol type || roots.Any(root => SymbolEqualityComparer.Default.Equals(root.Item1, type))) continue;

            if (new TypeReader(found.SemanticModel.Compilation, context, findings, location, stopping).Read(type) is { } value) roots.Add((type, value, SchemaText.Write(value.Schema)));
        }

        return new Output(name, findings.IsEmpty ? new ContextEmitter(context, roots).Emit() : null, findings.ToArray());
    }

    /// <returns>Why the class can't be completed; null where it can.</returns>
    private static string? Reason(INamedTypeSymbol context, ClassDeclarationSyntax declaration)
    {
        if (context.BaseType?.ToDisplayString() != Base) return $"must be derived from {Base}";
        if (context.IsAbstract || context.IsGenericType) return "must be neither abstract nor generic";

        for (TypeDeclarationSyntax? around = declaration; around is not null; around = around.Parent as TypeDeclarationSyntax)
        {
            if (!around.Modifiers.Any(SyntaxKind.PartialKeyword)) return around == declaration ? "must be partial" : $"stands in {around.Identifier.Text}, which must be partial too";
        }

        return null;
    }
}

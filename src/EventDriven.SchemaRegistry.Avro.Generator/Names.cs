using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>What types and members are called: in C#, by reflection, in Avro.</summary>
internal static class Names
{
    private static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.FullyQualifiedFormat
        .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    public static string CSharp(ITypeSymbol type) => type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(Format);

    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>As <c>Type.ToString()</c> has it, but for arguments of generic types.</summary>
    public static string Reflected(ITypeSymbol type)
    {
        if (type.ContainingType is { } around) return $"{Reflected(around)}+{type.MetadataName}";

        return NamespaceOf(type) is { Length: > 0 } @namespace ? $"{@namespace}.{type.MetadataName}" : type.MetadataName;
    }

    public static string NamespaceOf(ITypeSymbol type) => type.ContainingNamespace is { IsGlobalNamespace: false } @namespace ? @namespace.ToDisplayString() : "";

    public static string Simple(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol named) return type is IArrayTypeSymbol array ? $"{Simple(array.ElementType)}[]" : type.Name;

        var arguments = new StringBuilder();
        for (var current = named; current is not null; current = current.ContainingType) arguments.Insert(0, string.Concat(current.TypeArguments.Select(Simple)));
        return arguments.Length == 0 ? named.Name : $"{named.Name}Of{arguments}";
    }

    public static string Qualify(string name, string? @namespace) => name.IndexOf('.') >= 0 || string.IsNullOrEmpty(@namespace) ? name : $"{@namespace}.{name}";

    public static bool IsName(string name) => name.Length > 0 && !IsDigit(name[0]) && name.All(static c => IsDigit(c) || c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_');

    public static bool IsFullName(string name) => name.Split('.').All(IsName);

    /// <summary>As System.Text.Json does it.</summary>
    public static string CamelCase(string name)
    {
        var letters = name.ToCharArray();
        for (var i = 0; i < letters.Length; i++)
        {
            if (!char.IsUpper(letters[i]) || (i > 0 && i + 1 < letters.Length && !char.IsUpper(letters[i + 1]))) break;
            letters[i] = char.ToLowerInvariant(letters[i]);
        }

        return new string(letters);
    }

    private static bool IsDigit(char c) => c is >= '0' and <= '9';
}

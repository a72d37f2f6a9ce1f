using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>A property or field, and what attributes say of it; records have them on the member or its parameter.</summary>
internal sealed class MemberSource(ISymbol symbol, IParameterSymbol? parameter, Location? root)
{
    public ISymbol Symbol => symbol;

    public IParameterSymbol? Parameter => parameter;

    public ITypeSymbol Type { get; } = TypeOf(symbol);

    public bool IsNullable => Type.NullableAnnotation is NullableAnnotation.Annotated || symbol.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "MaybeNullAttribute");

    public Location? Location => symbol.Locations.FirstOrDefault(static location => location.IsInSource) ?? root;

    public string FieldName => Attribute("AvroFieldAttribute") is { ConstructorArguments: [{ Value: string name }] } ? name : Names.CamelCase(symbol.Name);

    public IReadOnlyList<string> Aliases => Texts(Attribute("AvroFieldAttribute"), "Aliases");

    public string? Doc => Argument("Doc");

    public string? Default => Argument("Default");

    /// <summary>The types that an attribute names; null where there is none.</summary>
    public IReadOnlyList<ITypeSymbol>? Union => Types(Attribute("AvroUnionAttribute"));

    public AttributeData? Attribute(string name) => Find(symbol, name) ?? (parameter is null ? null : Find(parameter, name));

    public static ITypeSymbol TypeOf(ISymbol symbol) => symbol is IPropertySymbol property ? property.Type : ((IFieldSymbol)symbol).Type;

    public static IReadOnlyList<ITypeSymbol>? Types(AttributeData? attribute) =>
        attribute is { ConstructorArguments: [{ Kind: TypedConstantKind.Array, IsNull: false } types] } ? [.. types.Values.Select(static value => value.Value).OfType<ITypeSymbol>()] : null;

    public static IReadOnlyList<string> Texts(AttributeData? attribute, string name) =>
        attribute?.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value is { Kind: TypedConstantKind.Array, IsNull: false } texts ? [.. texts.Values.Select(static value => value.Value).OfType<string>()] : [];

    private string? Argument(string name) => Attribute("AvroFieldAttribute")?.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value.Value as string;

    private static AttributeData? Find(ISymbol symbol, string name) => symbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.ToDisplayString() == $"EventDriven.SchemaRegistry.Avro.{name}");
}

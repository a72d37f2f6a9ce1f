using System.Diagnostics.CodeAnalysis;

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>Types by reflection.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "This type says so itself.")]
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "This type says so itself.")]
internal sealed class ReflectedTypes : TypeModel
{
    public static ReflectedTypes Instance { get; } = new();

    public override TypeContract ContractOf(Type type) => TypeContract.Of(type);

    public override CollectionShape? CollectionOf(Type type) => CollectionShape.Of(type);

    public override EnumSymbol[] SymbolsOf(Type type) => TypeNames.Symbols(type);

    public override IReadOnlyList<Type>? CasesOf(Type type, IReadOnlyList<Type>? onMember) => UnionCases.Of(type, onMember);

    public override string FullNameOf(Type type) => TypeNames.FullName(type);
}

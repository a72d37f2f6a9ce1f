using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>Types as they were when the service was compiled.</summary>
internal sealed class GeneratedTypes : TypeModel
{
    private readonly Dictionary<Type, TypeContract> _contracts = [];
    private readonly Dictionary<Type, CollectionShape> _collections = [];
    private readonly Dictionary<Type, EnumSymbol[]> _symbols = [];
    private readonly Dictionary<Type, IReadOnlyList<Type>> _cases = [];
    private readonly Dictionary<Type, string> _names = [];

    /// <param name="root">What is told of the event's type.</param>
    public GeneratedTypes(AvroTypeInfo root)
    {
        var seen = new HashSet<AvroTypeInfo>();
        var rest = new Stack<AvroTypeInfo>([root]);
        while (rest.TryPop(out var info))
        {
            if (!seen.Add(info)) continue;

            if (info.Contract is { } contract) _contracts[info.Type] = contract;
            if (info.Shape is { } shape) _collections[info.Type] = shape;
            if (info.Symbols is { } symbols) _symbols[info.Type] = symbols;
            if (info.Cases is { } cases) _cases[info.Type] = cases;
            if (info.FullName is { } name) _names[info.Type] = name;
            foreach (var part in info.Parts) rest.Push(part);
        }
    }

    public override TypeContract ContractOf(Type type) => _contracts.TryGetValue(type, out var contract) ? contract : throw new AvroTypeException($"{TypeContract.Name(type)} is no record.");

    public override CollectionShape? CollectionOf(Type type) => _collections.GetValueOrDefault(type);

    public override EnumSymbol[] SymbolsOf(Type type) => _symbols[type];

    public override IReadOnlyList<Type>? CasesOf(Type type, IReadOnlyList<Type>? onMember) => onMember ?? _cases.GetValueOrDefault(type);

    public override string FullNameOf(Type type) => _names[type];
}

namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>One of several schemas.</summary>
internal sealed class UnionSchema(IReadOnlyList<AvroSchema> branches) : AvroSchema(AvroKind.Union)
{
    public IReadOnlyList<AvroSchema> Branches => branches;

    public override string Display => $"[{string.Join(", ", branches.Select(static branch => branch.Display))}]";

    protected override int ComputeMinimumSize() => branches.Count == 0 ? 1 : Add(1, branches.Min(static branch => branch.MinimumSize));
}

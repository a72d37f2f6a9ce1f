namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>One of several schemas.</summary>
internal sealed class UnionSchema(IReadOnlyList<AvroSchema> branches) : AvroSchema(AvroKind.Union)
{
    public IReadOnlyList<AvroSchema> Branches => branches;

    /// <summary>The number of the branch of null; -1 where there is none.</summary>
    public int NullIndex
    {
        get
        {
            for (var i = 0; i < branches.Count; i++)
            {
                if (branches[i].Kind is AvroKind.Null) return i;
            }

            return -1;
        }
    }

    /// <summary>How many branches there are beside that of null.</summary>
    public int ValueCount => NullIndex < 0 ? branches.Count : branches.Count - 1;

    public override string Display
    {
        get
        {
            var display = "[";
            for (var i = 0; i < branches.Count; i++) display += i == 0 ? branches[i].Display : $", {branches[i].Display}";
            return $"{display}]";
        }
    }

    protected override int ComputeMinimumSize() => branches.Count == 0 ? 1 : Add(1, branches.Min(static branch => branch.MinimumSize));
}

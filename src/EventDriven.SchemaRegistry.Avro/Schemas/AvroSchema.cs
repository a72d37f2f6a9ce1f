namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>A schema. Immutable once it has been built.</summary>
/// <remarks>
/// A model of our own beside Apache.Avro's, whose parser hides the aliases of named types, throws for a logical type that does not fit where the specification says
/// to ignore it, and takes longer to load than all of this package.
/// </remarks>
internal abstract class AvroSchema(AvroKind kind)
{
    private int _minimumSize = -1;

    public AvroKind Kind => kind;

    public LogicalType Logical { get; init; }

    /// <summary>The fewest bytes a value has: what a count is checked against before anything is allocated for it.</summary>
    public int MinimumSize
    {
        get
        {
            if (_minimumSize >= 0) return _minimumSize;

            // What refers to itself on the way counts as nothing there: a value without an end has no size at all.
            _minimumSize = 0;
            _minimumSize = ComputeMinimumSize();
            return _minimumSize;
        }
    }

    /// <summary>As it is called in messages: the full name of a named type, else its kind.</summary>
    public virtual string Display => Logical.Kind is LogicalKind.None ? PrimitiveSchema.NameOf(Kind)
        : Logical.Kind is LogicalKind.Decimal ? $"decimal({Logical.Precision}, {Logical.Scale})"
        : Logical.Name;

    /// <summary>Why null can't be written where it has none.</summary>
    public string NullReason => $"it is null, which {Display} has not";

    /// <summary>The schema's text: the same for the same schema, without white space.</summary>
    public override string ToString() => AvroSchemaWriter.Write(this);

    protected abstract int ComputeMinimumSize();

    protected static int Add(int left, int right) => (int)Math.Min((long)left + right, int.MaxValue);
}

namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>Fields in an order.</summary>
internal sealed class RecordSchema(string fullName) : NamedSchema(AvroKind.Record, fullName)
{
    private IReadOnlyList<FieldSchema>? _fields;

    /// <summary>Set once, after the record has its name: a field may be of the record's own type.</summary>
    public IReadOnlyList<FieldSchema> Fields
    {
        get => _fields ?? throw new InvalidOperationException($"The fields of {FullName} are not known yet.");
        set => _fields = value;
    }

    public string[] FieldNames()
    {
        var names = new string[Fields.Count];
        for (var i = 0; i < names.Length; i++) names[i] = Fields[i].Name;
        return names;
    }

    protected override int ComputeMinimumSize()
    {
        var sum = 0;
        for (var i = 0; i < Fields.Count; i++) sum = Add(sum, Fields[i].Schema.MinimumSize);
        return sum;
    }
}

using System.Text.Json;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Tests.Resolution;

/// <summary>
/// Another version of a schema: as a writer may have had it (anything may be different), or as a reader that the same type still fits (order, defaults, aliases).
/// A name means the same in all of one version. With all names kept there are no aliases either, which Apache.Avro gets wrong.
/// </summary>
internal sealed class SchemaMutator(Random random, bool isWriter, bool keepsNames)
{
    private readonly Dictionary<string, NamedSchema> _named = new(StringComparer.Ordinal);
    private int _added;

    public AvroSchema Mutate(AvroSchema schema)
    {
        if (!isWriter) return Change(schema);

        return random.Next(40) switch
        {
            0 when schema is not UnionSchema => new UnionSchema(random.Next(2) == 0 ? [new PrimitiveSchema(AvroKind.Null), Change(schema)] : [Change(schema), new PrimitiveSchema(AvroKind.Null)]),
            // A record that may have itself in it must be able to end.
            1 when schema is UnionSchema union && union.Branches.All(static branch => branch is not RecordSchema) => Change(union.Branches[random.Next(union.Branches.Count)]),
            // A number of another meaning is one that the type may not hold.
            2 when schema is PrimitiveSchema && schema.Logical.Kind is LogicalKind.None => new PrimitiveSchema((AvroKind)random.Next(8)),
            _ => Change(schema),
        };
    }

    private AvroSchema Change(AvroSchema schema)
    {
        switch (schema)
        {
            case NamedSchema named:
                return ChangeNamed(named);
            case ArraySchema array:
                return new ArraySchema(Mutate(array.Items));
            case MapSchema map:
                return new MapSchema(Mutate(map.Values));
            case UnionSchema union:
                List<AvroSchema> branches = [.. union.Branches.Select(Change)];
                if (random.Next(3) == 0) Shuffle(branches);
                if (isWriter && random.Next(6) == 0 && branches.TrueForAll(static branch => branch.Kind is not AvroKind.Boolean)) branches.Insert(random.Next(branches.Count), new PrimitiveSchema(AvroKind.Boolean));
                return branches.DistinctBy(static branch => branch is NamedSchema named ? named.FullName : PrimitiveSchema.NameOf(branch.Kind)).Count() == branches.Count ? new UnionSchema(branches) : new UnionSchema([.. union.Branches.Select(Keep)]);
            default:
                return isWriter && random.Next(4) == 0 ? Demote(schema) : schema;
        }
    }

    /// <summary>As it is, but for what is named: that is one thing in all of the schema.</summary>
    private AvroSchema Keep(AvroSchema schema) => schema is NamedSchema named ? ChangeNamed(named) : schema;

    private static AvroSchema Demote(AvroSchema schema) => schema.Kind switch
    {
        AvroKind.Long when schema.Logical.Kind is LogicalKind.None => new PrimitiveSchema(AvroKind.Int),
        AvroKind.Float => new PrimitiveSchema(AvroKind.Int),
        AvroKind.Double => new PrimitiveSchema(AvroKind.Float),
        AvroKind.String when schema.Logical.Kind is LogicalKind.None => new PrimitiveSchema(AvroKind.Bytes),
        AvroKind.Bytes when schema.Logical.Kind is LogicalKind.None => new PrimitiveSchema(AvroKind.String),
        _ => schema,
    };

    private NamedSchema ChangeNamed(NamedSchema schema)
    {
        if (_named.TryGetValue(schema.FullName, out var known)) return known;

        switch (schema)
        {
            case RecordSchema record:
                var changed = new RecordSchema(Name(schema)) { Aliases = Aliases(schema), Doc = schema.Doc };
                _named.Add(schema.FullName, changed);
                changed.Fields = Fields(record);
                return changed;
            case EnumSchema @enum:
                List<string> symbols = [.. @enum.Symbols];
                if (random.Next(3) == 0) Shuffle(symbols);
                if (isWriter && random.Next(4) == 0) symbols.Insert(random.Next(symbols.Count), "ADDED");
                if (isWriter && symbols.Count > 1 && random.Next(4) == 0) symbols.RemoveAt(0);
                var @default = isWriter ? null : random.Next(2) == 0 ? symbols[random.Next(symbols.Count)] : @enum.Default;
                return _named[schema.FullName] = new EnumSchema(Name(schema), symbols) { Aliases = Aliases(schema), Default = @default };
            default:
                return _named[schema.FullName] = new FixedSchema(Name(schema), ((FixedSchema)schema).Size) { Aliases = Aliases(schema), Logical = schema.Logical };
        }
    }

    private string Name(NamedSchema schema)
    {
        if (keepsNames || !isWriter || random.Next(20) != 0) return schema.FullName;

        return random.Next(3) switch
        {
            0 => $"other.{schema.Name}",
            1 => $"{schema.FullName}Old",
            _ => $"org.old.{schema.Name}Old",
        };
    }

    private string[] Aliases(NamedSchema schema)
    {
        if (keepsNames || isWriter || random.Next(3) != 0) return [];

        return [$"{schema.FullName}Old", $"org.old.{schema.Name}Old"];
    }

    private List<FieldSchema> Fields(RecordSchema record)
    {
        var fields = new List<FieldSchema>();
        foreach (var field in record.Fields)
        {
            if (isWriter && random.Next(16) == 0) continue;

            var schema = Mutate(field.Schema);
            if (isWriter)
            {
                var isRenamed = !keepsNames && random.Next(16) == 0;
                fields.Add(new FieldSchema(isRenamed ? $"{field.Name}Old" : field.Name, schema));
                continue;
            }

            var isAliased = !keepsNames && random.Next(3) == 0;
            fields.Add(new FieldSchema(field.Name, schema) { Aliases = isAliased ? [$"{field.Name}Never", $"{field.Name}Old"] : [], Default = Default(field, schema) });
        }

        if (random.Next(3) == 0) Shuffle(fields);
        if (isWriter && random.Next(4) == 0) fields.Insert(random.Next(fields.Count + 1), new FieldSchema($"added{_added++}", Added()));
        return fields;
    }

    private AvroSchema Added() => random.Next(5) switch
    {
        0 => new PrimitiveSchema((AvroKind)random.Next(8)),
        1 => new ArraySchema(new PrimitiveSchema(AvroKind.Double)),
        2 => new MapSchema(new UnionSchema([new PrimitiveSchema(AvroKind.String), new PrimitiveSchema(AvroKind.Null)])),
        3 => new FixedSchema($"added.Fixed{_added++}", 3),
        _ => new RecordSchema($"added.Record{_added++}") { Fields = [new FieldSchema("x", new PrimitiveSchema(AvroKind.Int)), new FieldSchema("y", new ArraySchema(new PrimitiveSchema(AvroKind.String)))] },
    };

    private JsonElement? Default(FieldSchema field, AvroSchema schema)
    {
        if (random.Next(2) == 0) return field.Default is { } own && schema is not UnionSchema ? own : null;

        var first = schema is UnionSchema union ? union.Branches[0] : schema;
        var json = first switch
        {
            EnumSchema @enum => $"\"{@enum.Symbols[0]}\"",
            ArraySchema => "[]",
            MapSchema => "{}",
            NamedSchema => null,
            { Logical.Kind: LogicalKind.Uuid } => "\"0f8fad5b-d9cb-469f-a165-70867728950e\"",
            { Logical.Kind: LogicalKind.Decimal } => "\"\\u0001\"",
            { Kind: AvroKind.Null } => "null",
            { Kind: AvroKind.Boolean } => "true",
            { Kind: AvroKind.Int or AvroKind.Long } => "12",
            { Kind: AvroKind.Float or AvroKind.Double } => "1.5",
            { Kind: AvroKind.Bytes } => "\"\\u0000\\u00ff\"",
            _ => "\"default\"",
        };
        return json is null ? null : JsonElement.Parse(json);
    }

    private void Shuffle<T>(List<T> list)
    {
        var items = list.ToArray();
        random.Shuffle(items);
        list.Clear();
        list.AddRange(items);
    }
}

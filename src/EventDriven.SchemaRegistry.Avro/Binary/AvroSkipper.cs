using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Binary;

/// <summary>Walks over a value without making anything of it: over fields that a reader has not, and over bodies before readers see them that trust what they read.</summary>
internal static class AvroSkipper
{
    /// <exception cref="AvroFormatException">The bytes are no value of the schema.</exception>
    public static void Skip(AvroReader reader, AvroSchema schema)
    {
        switch (schema.Kind)
        {
            case AvroKind.Null:
                break;
            case AvroKind.Boolean:
                reader.ReadBoolean();
                break;
            case AvroKind.Int:
                reader.ReadInt();
                break;
            case AvroKind.Long:
                reader.ReadLong();
                break;
            case AvroKind.Float:
                reader.Skip(sizeof(float));
                break;
            case AvroKind.Double:
                reader.Skip(sizeof(double));
                break;
            case AvroKind.Bytes or AvroKind.String:
                reader.SkipLengthAndBytes();
                break;
            case AvroKind.Fixed:
                reader.Skip(((FixedSchema)schema).Size);
                break;
            case AvroKind.Enum:
                reader.ReadIndex(((EnumSchema)schema).Symbols.Count);
                break;
            case AvroKind.Record:
                reader.Enter();
                foreach (var field in ((RecordSchema)schema).Fields) Skip(reader, field.Schema);
                reader.Leave();
                break;
            case AvroKind.Union:
                var branches = ((UnionSchema)schema).Branches;
                Skip(reader, branches[reader.ReadIndex(branches.Count)]);
                break;
            case AvroKind.Array:
                var items = ((ArraySchema)schema).Items;
                while (reader.ReadBlock(items.MinimumSize, out var end) is > 0 and var count)
                {
                    for (var i = 0; i < count; i++) Skip(reader, items);
                    reader.EndBlock(end);
                }

                break;
            default:
                var values = ((MapSchema)schema).Values;
                while (reader.ReadBlock(Math.Min(values.MinimumSize, int.MaxValue - 1) + 1, out var end) is > 0 and var count)
                {
                    for (var i = 0; i < count; i++)
                    {
                        reader.SkipLengthAndBytes();
                        Skip(reader, values);
                    }

                    reader.EndBlock(end);
                }

                break;
        }
    }
}

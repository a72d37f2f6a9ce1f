using System.Buffers.Binary;
using System.Text;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Tests.Resolution;

/// <summary>Bytes of a random value of a schema, in one block or many, with sizes or without.</summary>
internal sealed class ValueGenerator(Random random)
{
    private static readonly string[] Texts = ["", "a", "Grüße", "世界", "\0", "a longer text that does not fit into one byte of length, as it has more than sixty-three of them"];

    public byte[] Generate(AvroSchema schema)
    {
        var writer = new SpecWriter();
        Write(writer, schema, 0);
        return writer.ToArray();
    }

    private void Write(SpecWriter writer, AvroSchema schema, int depth)
    {
        switch (schema)
        {
            case RecordSchema record:
                foreach (var field in record.Fields) Write(writer, field.Schema, depth + 1);
                break;
            case UnionSchema union:
                // Deep down the shortest branch: a record that has itself in it must come to an end.
                var branch = depth > 6 ? union.Branches.ToList().IndexOf(union.Branches.MinBy(static candidate => candidate.Kind is AvroKind.Null ? -1 : candidate is RecordSchema ? 2 : 1)!) : random.Next(union.Branches.Count);
                writer.Long(branch);
                Write(writer, union.Branches[branch], depth + 1);
                break;
            case ArraySchema array:
                WriteBlocks(writer, depth, (block, _) => Write(block, array.Items, depth + 1));
                break;
            case MapSchema map:
                WriteBlocks(writer, depth, (block, number) =>
                {
                    block.Text($"key {number}");
                    Write(block, map.Values, depth + 1);
                });
                break;
            case EnumSchema @enum:
                writer.Long(random.Next(@enum.Symbols.Count));
                break;
            case FixedSchema @fixed:
                writer.Raw(Fixed(@fixed));
                break;
            default:
                WritePrimitive(writer, schema);
                break;
        }
    }

    private void WriteBlocks(SpecWriter writer, int depth, Action<SpecWriter, int> write)
    {
        var number = 0;
        for (var blocks = depth > 6 ? 0 : random.Next(3); blocks > 0; blocks--)
        {
            var count = random.Next(1, 4);
            var block = new SpecWriter();
            for (var i = 0; i < count; i++) write(block, number++);
            var bytes = block.ToArray();
            var tellsSize = random.Next(3) == 0;
            writer.Long(tellsSize ? -count : count);
            if (tellsSize) writer.Long(bytes.Length);
            writer.Raw(bytes);
        }

        writer.Long(0);
    }

    private byte[] Fixed(FixedSchema schema)
    {
        var bytes = new byte[schema.Size];
        random.NextBytes(bytes);
        if (schema.Logical.Kind is LogicalKind.Duration)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)random.Next(10_000));
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), (uint)random.Next(86_400_000));
        }

        return bytes;
    }

    private void WritePrimitive(SpecWriter writer, AvroSchema schema)
    {
        switch (schema.Kind)
        {
            case AvroKind.Null:
                break;
            case AvroKind.Boolean:
                writer.Raw([(byte)random.Next(2)]);
                break;
            case AvroKind.Int:
                // Within what a byte, a date and a time of day hold too.
                writer.Long(schema.Logical.Kind is LogicalKind.None ? random.Next(3) == 0 ? random.Next(int.MinValue, int.MaxValue) : random.Next(128) : random.Next(86_400_000 / 100));
                break;
            case AvroKind.Long:
                writer.Long(schema.Logical.Kind is LogicalKind.None ? random.Next(3) == 0 ? random.NextInt64(long.MinValue, long.MaxValue) : random.Next(128) : random.NextInt64(86_400_000_000));
                break;
            case AvroKind.Float:
                writer.Raw(BitConverter.GetBytes((random.NextSingle() - 0.5f) * 1_000));
                break;
            case AvroKind.Double:
                writer.Raw(BitConverter.GetBytes((random.NextDouble() - 0.5) * 1e300));
                break;
            case AvroKind.Bytes when schema.Logical.Kind is LogicalKind.Decimal:
                var digits = new System.Numerics.BigInteger(random.NextInt64(-999_999, 999_999)).ToByteArray(isBigEndian: true);
                writer.Long(digits.Length);
                writer.Raw(digits);
                break;
            case AvroKind.Bytes:
                var bytes = random.Next(2) == 0 ? Encoding.UTF8.GetBytes(Texts[random.Next(Texts.Length)]) : new byte[random.Next(5)];
                if (random.Next(2) == 0) random.NextBytes(bytes);
                writer.Long(bytes.Length);
                writer.Raw(bytes);
                break;
            default:
                var id = new byte[16];
                random.NextBytes(id);
                writer.Text(schema.Logical.Kind is LogicalKind.Uuid ? new Guid(id).ToString() : Texts[random.Next(Texts.Length)]);
                break;
        }
    }
}

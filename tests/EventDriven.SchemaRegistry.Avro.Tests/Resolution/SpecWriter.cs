using System.Text;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Tests.Resolution;

/// <summary>Avro's binary form, written as plainly as can be.</summary>
internal sealed class SpecWriter
{
    private readonly MemoryStream _stream = new();

    public byte[] ToArray() => _stream.ToArray();

    public void Write(SpecValue value, AvroSchema schema)
    {
        if (schema is UnionSchema union)
        {
            Long(value.Branch);
            Write(value, union.Branches[value.Branch]);
            return;
        }

        switch (value.Content)
        {
            case null:
                break;
            case bool flag:
                _stream.WriteByte(flag ? (byte)1 : (byte)0);
                break;
            case long number:
                Long(number);
                break;
            case float number:
                Raw(BitConverter.GetBytes(number));
                break;
            case double number:
                Raw(BitConverter.GetBytes(number));
                break;
            case byte[] bytes:
                if (schema is not FixedSchema) Long(bytes.Length);
                Raw(bytes);
                break;
            case string symbol:
                Long(((EnumSchema)schema).Symbols.ToList().IndexOf(symbol));
                break;
            case List<SpecValue> items:
                if (items.Count > 0) Long(items.Count);
                foreach (var item in items) Write(item, ((ArraySchema)schema).Items);
                Long(0);
                break;
            case List<KeyValuePair<string, SpecValue>> entries:
                if (entries.Count > 0) Long(entries.Count);
                foreach (var (key, entry) in entries)
                {
                    Text(key);
                    Write(entry, ((MapSchema)schema).Values);
                }

                Long(0);
                break;
            case SpecValue[] fields:
                for (var i = 0; i < fields.Length; i++) Write(fields[i], ((RecordSchema)schema).Fields[i].Schema);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(value), value, null);
        }
    }

    public void Long(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest >= 0x80; rest >>= 7) _stream.WriteByte((byte)(rest | 0x80));
        _stream.WriteByte((byte)rest);
    }

    public void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Long(bytes.Length);
        Raw(bytes);
    }

    public void Raw(byte[] bytes) => _stream.Write(bytes);
}

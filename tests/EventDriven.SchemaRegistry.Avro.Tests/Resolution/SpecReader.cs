using System.Text;
using System.Text.Json;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Tests.Resolution;

/// <summary>
/// The specification's "Schema Resolution" written down as it stands there, value by value, with nothing planned: what the product's plans are held against.
/// Shares with the product the parsed schemas, and no code that reads, matches or writes.
/// </summary>
internal sealed class SpecReader(byte[] data)
{
    private int _position;

    /// <returns>The bytes in the reader's schema.</returns>
    /// <exception cref="SpecException">The specification has an error.</exception>
    public static byte[] Translate(byte[] data, AvroSchema writer, AvroSchema reader)
    {
        var spec = new SpecReader(data);
        var value = spec.Read(writer, reader);
        if (spec._position != data.Length) throw new SpecException("more bytes");

        var writing = new SpecWriter();
        writing.Write(value, reader);
        return writing.ToArray();
    }

    private SpecValue Read(AvroSchema w, AvroSchema r)
    {
        if (w is UnionSchema written) return Read(written.Branches[checked((int)Long())], r);
        if (r is UnionSchema wanted)
        {
            var branch = FirstMatch(w, wanted);
            return branch < 0 ? throw new SpecException($"{w} in {r}") : Read(w, wanted.Branches[branch]) with { Branch = branch };
        }

        if (!Match(w, r)) throw new SpecException($"{w} as {r}");
        return new SpecValue(ReadContent(w, r));
    }

    private object? ReadContent(AvroSchema w, AvroSchema r)
    {
        switch (w.Kind)
        {
            case AvroKind.Null:
                return null;
            case AvroKind.Boolean:
                return data[_position++] == 1;
            case AvroKind.Int or AvroKind.Long:
                var number = Long();
                return r.Kind is AvroKind.Float ? (object)(float)number : r.Kind is AvroKind.Double ? (object)(double)number : number;
            case AvroKind.Float:
                var single = BitConverter.ToSingle(Raw(4));
                return r.Kind is AvroKind.Double ? (object)(double)single : single;
            case AvroKind.Double:
                return BitConverter.ToDouble(Raw(8));
            case AvroKind.Bytes or AvroKind.String:
                var bytes = Raw(checked((int)Long()));
                if (r.Kind is AvroKind.String) Text(bytes);
                return bytes;
            case AvroKind.Fixed:
                return Raw(((FixedSchema)w).Size);
            case AvroKind.Enum:
                var symbol = ((EnumSchema)w).Symbols[checked((int)Long())];
                var known = (EnumSchema)r;
                return known.Symbols.Contains(symbol) ? symbol : known.Default ?? throw new SpecException($"symbol {symbol}");
            case AvroKind.Array:
                var items = new List<SpecValue>();
                for (var n = Block(); n > 0; n = Block())
                {
                    for (; n > 0; n--) items.Add(Read(((ArraySchema)w).Items, ((ArraySchema)r).Items));
                }

                return items;
            case AvroKind.Map:
                var entries = new List<KeyValuePair<string, SpecValue>>();
                for (var n = Block(); n > 0; n = Block())
                {
                    for (; n > 0; n--) entries.Add(new(Text(Raw(checked((int)Long()))), Read(((MapSchema)w).Values, ((MapSchema)r).Values)));
                }

                return entries;
            default:
                return ReadRecord((RecordSchema)w, (RecordSchema)r);
        }
    }

    private SpecValue[] ReadRecord(RecordSchema w, RecordSchema r)
    {
        var values = new SpecValue?[r.Fields.Count];
        foreach (var field in w.Fields)
        {
            var index = r.Fields.ToList().FindIndex(candidate => candidate.Name == field.Name);
            // "Aliases … it is as though the writer's field were named" so, unless the writer has a field of that very name.
            if (index < 0) index = r.Fields.ToList().FindIndex(candidate => candidate.Aliases.Contains(field.Name) && !w.Fields.Any(other => other.Name == candidate.Name) && candidate.Aliases.First(alias => w.Fields.Any(other => other.Name == alias && r.Fields.All(named => named.Name != alias))) == field.Name);
            if (index >= 0) values[index] = Read(field.Schema, r.Fields[index].Schema);
            else Read(field.Schema, field.Schema);
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] ??= r.Fields[i].Default is { } json ? FromJson(json, r.Fields[i].Schema) : throw new SpecException($"no field {r.Fields[i].Name}");
        }

        return values!;
    }

    private static SpecValue FromJson(JsonElement json, AvroSchema schema)
    {
        switch (schema)
        {
            case UnionSchema union:
                for (var i = 0; i < union.Branches.Count; i++)
                {
                    try
                    {
                        return FromJson(json, union.Branches[i]) with { Branch = i };
                    }
                    catch (Exception exception) when (exception is SpecException or InvalidOperationException or FormatException)
                    {
                        // The next branch may fit.
                    }
                }

                throw new SpecException("default");
            case RecordSchema record:
                return new(record.Fields.Select(field => FromJson(json.TryGetProperty(field.Name, out var value) ? value : field.Default ?? throw new SpecException("default"), field.Schema)).ToArray());
            case ArraySchema array:
                return new(json.EnumerateArray().Select(item => FromJson(item, array.Items)).ToList());
            case MapSchema map:
                return new(json.EnumerateObject().Select(entry => new KeyValuePair<string, SpecValue>(entry.Name, FromJson(entry.Value, map.Values))).ToList());
            case EnumSchema @enum:
                return new(@enum.Symbols.Contains(json.GetString()!) ? json.GetString() : throw new SpecException("default"));
            case FixedSchema:
                return new(Encoding.Latin1.GetBytes(json.GetString()!));
            default:
                return new(schema.Kind switch
                {
                    AvroKind.Null => json.ValueKind is JsonValueKind.Null ? null : throw new SpecException("default"),
                    AvroKind.Boolean => json.GetBoolean(),
                    AvroKind.Int => (long)json.GetInt32(),
                    AvroKind.Long => json.GetInt64(),
                    AvroKind.Float => json.GetSingle(),
                    AvroKind.Double => json.GetDouble(),
                    AvroKind.Bytes => Encoding.Latin1.GetBytes(json.GetString() ?? throw new SpecException("default")),
                    _ => Encoding.UTF8.GetBytes(json.GetString() ?? throw new SpecException("default")),
                });
        }
    }

    private static int FirstMatch(AvroSchema w, UnionSchema r)
    {
        // As Java does it: of the same full name, else the first that matches.
        var same = r.Branches.ToList().FindIndex(branch => branch.Kind == w.Kind && Match(w, branch) && (w is not NamedSchema named || named.FullName == ((NamedSchema)branch).FullName));
        return same >= 0 ? same : r.Branches.ToList().FindIndex(branch => Match(w, branch));
    }

    private static bool Match(AvroSchema w, AvroSchema r)
    {
        if (w is UnionSchema || r is UnionSchema) return true;

        return (w.Kind, r.Kind) switch
        {
            (AvroKind.Array, AvroKind.Array) => Match(((ArraySchema)w).Items, ((ArraySchema)r).Items),
            (AvroKind.Map, AvroKind.Map) => Match(((MapSchema)w).Values, ((MapSchema)r).Values),
            (AvroKind.Fixed, AvroKind.Fixed) => ((FixedSchema)w).Size == ((FixedSchema)r).Size && SameName((NamedSchema)w, (NamedSchema)r) && SameScale(w, r),
            (AvroKind.Enum, AvroKind.Enum) or (AvroKind.Record, AvroKind.Record) => SameName((NamedSchema)w, (NamedSchema)r),
            (AvroKind.Int, AvroKind.Long or AvroKind.Float or AvroKind.Double) => true,
            (AvroKind.Long, AvroKind.Float or AvroKind.Double) => true,
            (AvroKind.Float, AvroKind.Double) => true,
            (AvroKind.String, AvroKind.Bytes) or (AvroKind.Bytes, AvroKind.String) => true,
            var (written, wanted) => written == wanted && SameScale(w, r),
        };
    }

    private static bool SameName(NamedSchema w, NamedSchema r) => w.FullName.Split('.')[^1] == r.FullName.Split('.')[^1] || r.Aliases.Contains(w.FullName);

    private static bool SameScale(AvroSchema w, AvroSchema r) =>
        w.Logical.Kind is not LogicalKind.Decimal || r.Logical.Kind is not LogicalKind.Decimal || w.Logical.Scale == r.Logical.Scale;

    private long Block()
    {
        var count = Long();
        if (count < 0) Long();
        return Math.Abs(count);
    }

    private long Long()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = data[_position++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return (long)(value >> 1) ^ -(long)(value & 1);
        }
    }

    private byte[] Raw(int length)
    {
        _position += length;
        return data[(_position - length).._position];
    }

    private static string Text(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new SpecException("no UTF-8");
        }
    }
}

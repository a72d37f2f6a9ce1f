using System.Text.Json;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Plans;

/// <summary>Turns a default, which a schema has as JSON, into Avro's binary form, so that it is read like everything else.</summary>
internal static class DefaultEncoder
{
    /// <returns>Null where the JSON is no value of the schema.</returns>
    public static byte[]? TryEncode(JsonElement json, AvroSchema schema)
    {
        var writer = new AvroWriter();
        try
        {
            return TryWrite(writer, json, schema) ? writer.Written.ToArray() : null;
        }
        catch (Exception exception) when (exception is AvroFormatException or InvalidOperationException)
        {
            return null;
        }
    }

    public static bool Fits(JsonElement json, AvroSchema schema) => TryEncode(json, schema) is not null;

    private static bool TryWrite(AvroWriter writer, JsonElement json, AvroSchema schema)
    {
        switch (schema)
        {
            case RecordSchema record:
                return json.ValueKind is JsonValueKind.Object && TryWriteRecord(writer, json, record);
            case EnumSchema @enum:
                var symbol = json.ValueKind is JsonValueKind.String ? @enum.Symbols.ToList().IndexOf(json.GetString()!) : -1;
                writer.WriteInt(symbol);
                return symbol >= 0;
            case FixedSchema @fixed:
                return Latin1(json) is { } raw && raw.Length == @fixed.Size && TryWriteRaw(writer, raw);
            case ArraySchema array:
                return json.ValueKind is JsonValueKind.Array && TryWriteArray(writer, json, array);
            case MapSchema map:
                return json.ValueKind is JsonValueKind.Object && TryWriteMap(writer, json, map);
            case UnionSchema union:
                return TryWriteUnion(writer, json, union);
            default:
                return TryWritePrimitive(writer, json, schema.Kind);
        }
    }

    private static bool TryWritePrimitive(AvroWriter writer, JsonElement json, AvroKind kind)
    {
        switch (kind)
        {
            case AvroKind.Null:
                return json.ValueKind is JsonValueKind.Null;
            case AvroKind.Boolean when json.ValueKind is JsonValueKind.True or JsonValueKind.False:
                writer.WriteBoolean(json.GetBoolean());
                return true;
            case AvroKind.Int when json.ValueKind is JsonValueKind.Number && json.TryGetInt32(out var value):
                writer.WriteInt(value);
                return true;
            case AvroKind.Long when json.ValueKind is JsonValueKind.Number && json.TryGetInt64(out var value):
                writer.WriteLong(value);
                return true;
            case AvroKind.Float when Number(json) is { } value:
                writer.WriteFloat((float)value);
                return true;
            case AvroKind.Double when Number(json) is { } value:
                writer.WriteDouble(value);
                return true;
            case AvroKind.String when json.ValueKind is JsonValueKind.String:
                writer.WriteString(json.GetString()!);
                return true;
            case AvroKind.Bytes when Latin1(json) is { } raw:
                writer.WriteBytes(raw);
                return true;
            default:
                return false;
        }
    }

    /// <summary>What JSON has no number for stands as a string in the schemas of some.</summary>
    private static double? Number(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.String => json.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => null,
        },
        _ => null,
    };

    private static bool TryWriteRecord(AvroWriter writer, JsonElement json, RecordSchema record)
    {
        writer.Enter();
        foreach (var field in record.Fields)
        {
            var value = json.TryGetProperty(field.Name, out var given) ? given : field.Default;
            if (value is null || !TryWrite(writer, value.Value, field.Schema)) return false;
        }

        writer.Leave();
        return true;
    }

    private static bool TryWriteArray(AvroWriter writer, JsonElement json, ArraySchema array)
    {
        if (json.GetArrayLength() > 0) writer.WriteLong(json.GetArrayLength());
        foreach (var item in json.EnumerateArray())
        {
            if (!TryWrite(writer, item, array.Items)) return false;
        }

        writer.WriteLong(0);
        return true;
    }

    private static bool TryWriteMap(AvroWriter writer, JsonElement json, MapSchema map)
    {
        var count = json.EnumerateObject().Count();
        if (count > 0) writer.WriteLong(count);
        foreach (var entry in json.EnumerateObject())
        {
            writer.WriteString(entry.Name);
            if (!TryWrite(writer, entry.Value, map.Values)) return false;
        }

        writer.WriteLong(0);
        return true;
    }

    /// <summary>The first branch that it is a value of; before Avro 1.12 only the first branch was allowed.</summary>
    private static bool TryWriteUnion(AvroWriter writer, JsonElement json, UnionSchema union)
    {
        for (var i = 0; i < union.Branches.Count; i++)
        {
            if (TryEncode(json, union.Branches[i]) is not { } bytes) continue;

            writer.WriteInt(i);
            writer.WriteRaw(bytes);
            return true;
        }

        return false;
    }

    private static bool TryWriteRaw(AvroWriter writer, byte[] raw)
    {
        writer.WriteRaw(raw);
        return true;
    }

    /// <summary>Each character is a byte.</summary>
    private static byte[]? Latin1(JsonElement json) =>
        json.ValueKind is JsonValueKind.String && json.GetString() is { } text && text.All(static c => c <= 0xff) ? [.. text.Select(static c => (byte)c)] : null;
}

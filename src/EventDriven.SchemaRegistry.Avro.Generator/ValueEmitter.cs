using System;
using System.Collections.Generic;
using System.Linq;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>Writes the methods that write and read values in the schemas of their own types: one pair for each event and record.</summary>
internal sealed class ValueEmitter(Code code)
{
    private const string Binary = "global::EventDriven.SchemaRegistry.Avro.Binary.";

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Queue<(int Number, Value Value)> _rest = new();

    /// <summary>The number of the methods of a value.</summary>
    public int Number(Value value)
    {
        // A record is the same wherever it stands; what else has methods is the type of an event.
        var key = value is Value.Record ? value.TypeName : $"{value.TypeName} {value.Schema.Display}";
        if (_numbers.TryGetValue(key, out var number)) return number;

        number = _numbers.Count;
        _numbers.Add(key, number);
        _rest.Enqueue((number, value));
        return number;
    }

    public void EmitAll()
    {
        for (var isFirst = true; _rest.Count > 0; isFirst = false)
        {
            var (number, value) = _rest.Dequeue();
            if (!isFirst) code.Line("");
            code.Open($"internal static void Write{number}({Binary}AvroWriter writer, {value.TypeName} value)");
            if (value is Value.Record record) new WriteEmitter(code, this).EmitRecord(record);
            else new WriteEmitter(code, this).Emit(value, "value");
            code.Close();
            code.Line("");
            code.Open($"internal static {value.TypeName} Read{number}({Binary}AvroReader reader)");
            if (value is Value.Record other) new ReadEmitter(code, this).EmitRecord(other);
            else code.Line($"return {new ReadEmitter(code, this).Emit(value)};");
            code.Close();
        }
    }
}

using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>Writes a schema's text: properties in one order, full names in one place, no white space, so that equal schemas have equal texts.</summary>
internal static class AvroSchemaWriter
{
    public static string Write(AvroSchema schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(json, schema, "", new HashSet<string>(StringComparer.Ordinal));
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, AvroSchema schema, string @namespace, HashSet<string> defined)
    {
        switch (schema)
        {
            case NamedSchema named when !defined.Add(named.FullName):
                json.WriteStringValue(named.Namespace == @namespace ? named.Name : named.FullName);
                break;
            case NamedSchema named:
                json.WriteStartObject();
                WriteNamed(json, named, @namespace, defined);
                json.WriteEndObject();
                break;
            case UnionSchema union:
                json.WriteStartArray();
                foreach (var branch in union.Branches) Write(json, branch, @namespace, defined);
                json.WriteEndArray();
                break;
            case ArraySchema array:
                WriteContainer(json, "array", "items", array.Items, @namespace, defined);
                break;
            case MapSchema map:
                WriteContainer(json, "map", "values", map.Values, @namespace, defined);
                break;
            default:
                WritePrimitive(json, schema);
                break;
        }
    }

    private static void WriteNamed(Utf8JsonWriter json, NamedSchema schema, string @namespace, HashSet<string> defined)
    {
        json.WriteString("type", PrimitiveSchema.NameOf(schema.Kind));
        json.WriteString("name", schema.Name);
        if (schema.Namespace != @namespace) json.WriteString("namespace", schema.Namespace);
        if (schema.Doc is not null) json.WriteString("doc", schema.Doc);
        WriteTexts(json, "aliases", schema.Aliases);
        switch (schema)
        {
            case RecordSchema record:
                json.WriteStartArray("fields");
                foreach (var field in record.Fields) WriteField(json, field, schema.Namespace, defined);
                json.WriteEndArray();
                break;
            case EnumSchema @enum:
                json.WriteStartArray("symbols");
                foreach (var symbol in @enum.Symbols) json.WriteStringValue(symbol);
                json.WriteEndArray();
                if (@enum.Default is not null) json.WriteString("default", @enum.Default);
                break;
            case FixedSchema @fixed:
                json.WriteNumber("size", @fixed.Size);
                WriteLogical(json, schema);
                break;
        }
    }

    private static void WriteField(Utf8JsonWriter json, FieldSchema field, string @namespace, HashSet<string> defined)
    {
        json.WriteStartObject();
        json.WriteString("name", field.Name);
        if (field.Doc is not null) json.WriteString("doc", field.Doc);
        json.WritePropertyName("type");
        Write(json, field.Schema, @namespace, defined);
        if (field.Default is { } value)
        {
            json.WritePropertyName("default");
            value.WriteTo(json);
        }

        WriteTexts(json, "aliases", field.Aliases);
        json.WriteEndObject();
    }

    private static void WriteContainer(Utf8JsonWriter json, string type, string property, AvroSchema content, string @namespace, HashSet<string> defined)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WritePropertyName(property);
        Write(json, content, @namespace, defined);
        json.WriteEndObject();
    }

    private static void WritePrimitive(Utf8JsonWriter json, AvroSchema schema)
    {
        var name = PrimitiveSchema.NameOf(schema.Kind);
        if (schema.Logical.Kind is LogicalKind.None)
        {
            json.WriteStringValue(name);
            return;
        }

        json.WriteStartObject();
        json.WriteString("type", name);
        WriteLogical(json, schema);
        json.WriteEndObject();
    }

    private static void WriteLogical(Utf8JsonWriter json, AvroSchema schema)
    {
        if (schema.Logical.Kind is LogicalKind.None) return;

        json.WriteString("logicalType", schema.Logical.Name);
        if (schema.Logical.Kind is not LogicalKind.Decimal) return;

        json.WriteNumber("precision", schema.Logical.Precision);
        json.WriteNumber("scale", schema.Logical.Scale);
    }

    private static void WriteTexts(Utf8JsonWriter json, string property, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0) return;

        json.WriteStartArray(property);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}

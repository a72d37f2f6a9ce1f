using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>Writes a schema's text as the package does: properties in one order, full names in one place, no white space.</summary>
internal static class SchemaText
{
    public static string Write(Schema schema)
    {
        var text = new StringBuilder();
        Write(text, schema, "", []);
        return text.ToString();
    }

    private static void Write(StringBuilder text, Schema schema, string @namespace, HashSet<string> defined)
    {
        if (schema.FullName is { } fullName)
        {
            if (defined.Add(fullName)) WriteNamed(text, schema, @namespace, defined);
            else Json.WriteString(text, schema.Namespace == @namespace ? schema.Name : fullName);
            return;
        }

        switch (schema.Kind)
        {
            case "union":
                text.Append('[');
                WriteAll(text, schema.Parts, branch => Write(text, branch, @namespace, defined));
                text.Append(']');
                break;
            case "array" or "map":
                text.Append(schema.Kind == "array" ? """{"type":"array","items":""" : """{"type":"map","values":""");
                Write(text, schema.Parts[0], @namespace, defined);
                text.Append('}');
                break;
            default:
                if (schema.Logical is null)
                {
                    Json.WriteString(text, schema.Kind);
                    break;
                }

                text.Append("{\"type\":");
                Json.WriteString(text, schema.Kind);
                WriteLogical(text, schema);
                text.Append('}');
                break;
        }
    }

    private static void WriteNamed(StringBuilder text, Schema schema, string @namespace, HashSet<string> defined)
    {
        text.Append($"{{\"type\":\"{schema.Kind}\",\"name\":\"{schema.Name}\"");
        if (schema.Namespace != @namespace) text.Append($",\"namespace\":\"{schema.Namespace}\"");
        WriteText(text, "doc", schema.Doc);
        WriteTexts(text, "aliases", schema.Aliases);
        switch (schema.Kind)
        {
            case "record":
                text.Append(",\"fields\":[");
                WriteAll(text, schema.Fields, field => WriteField(text, field, schema.Namespace, defined));
                text.Append(']');
                break;
            case "enum":
                text.Append(",\"symbols\":[");
                WriteAll(text, schema.Symbols, symbol => Json.WriteString(text, symbol));
                text.Append(']');
                WriteText(text, "default", schema.Default);
                break;
            default:
                text.Append($",\"size\":{schema.Size}");
                WriteLogical(text, schema);
                break;
        }

        text.Append('}');
    }

    private static void WriteField(StringBuilder text, Schema.Field field, string @namespace, HashSet<string> defined)
    {
        text.Append($"{{\"name\":\"{field.Name}\"");
        WriteText(text, "doc", field.Doc);
        text.Append(",\"type\":");
        Write(text, field.Schema, @namespace, defined);
        if (field.Default is { } value)
        {
            text.Append(",\"default\":");
            value.Write(text);
        }

        WriteTexts(text, "aliases", field.Aliases);
        text.Append('}');
    }

    private static void WriteLogical(StringBuilder text, Schema schema)
    {
        if (schema.Logical is null) return;

        text.Append($",\"logicalType\":\"{schema.Logical}\"");
        if (schema.Logical == "decimal") text.Append($",\"precision\":{schema.Precision},\"scale\":{schema.Scale}");
    }

    private static void WriteText(StringBuilder text, string property, string? value)
    {
        if (value is null) return;

        text.Append($",\"{property}\":");
        Json.WriteString(text, value);
    }

    private static void WriteTexts(StringBuilder text, string property, IReadOnlyList<string> values)
    {
        if (values.Count == 0) return;

        text.Append($",\"{property}\":[");
        WriteAll(text, values, value => Json.WriteString(text, value));
        text.Append(']');
    }

    private static void WriteAll<T>(StringBuilder text, IReadOnlyList<T> items, System.Action<T> write)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) text.Append(',');
            write(items[i]);
        }
    }
}

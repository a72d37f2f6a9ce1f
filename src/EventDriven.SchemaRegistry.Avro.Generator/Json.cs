using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>JSON as defaults have it: a compiler's extension brings no library for it along.</summary>
internal sealed class Json
{
    private Json(string raw, string? text, IReadOnlyList<Json>? items, IReadOnlyList<KeyValuePair<string, Json>>? entries) => (Raw, Text, Items, Entries) = (raw, text, items, entries);

    /// <summary>A number or literal as it stands.</summary>
    public string Raw { get; }

    /// <summary>Of a string.</summary>
    public string? Text { get; }

    public IReadOnlyList<Json>? Items { get; }

    public IReadOnlyList<KeyValuePair<string, Json>>? Entries { get; }

    public bool IsNumber => Raw.Length > 0 && (Raw[0] == '-' || char.IsDigit(Raw[0]));

    public static Json Literal(string raw) => new(raw, null, null, null);

    public static Json String(string text) => new("", text, null, null);

    /// <returns>Null where the text is no JSON.</returns>
    public static Json? TryParse(string text)
    {
        var parser = new Parser(text);
        try
        {
            return parser.ParseAll();
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public void Write(StringBuilder text)
    {
        if (Text is not null)
        {
            WriteString(text, Text);
        }
        else if (Items is not null)
        {
            text.Append('[');
            for (var i = 0; i < Items.Count; i++)
            {
                if (i > 0) text.Append(',');
                Items[i].Write(text);
            }

            text.Append(']');
        }
        else if (Entries is not null)
        {
            text.Append('{');
            for (var i = 0; i < Entries.Count; i++)
            {
                if (i > 0) text.Append(',');
                WriteString(text, Entries[i].Key);
                text.Append(':');
                Entries[i].Value.Write(text);
            }

            text.Append('}');
        }
        else
        {
            text.Append(Raw);
        }
    }

    /// <summary>As System.Text.Json does it with its relaxed encoder.</summary>
    public static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            switch (c)
            {
                case '"' or '\\':
                    text.Append('\\').Append(c);
                    break;
                case '\b':
                    text.Append("\\b");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\f':
                    text.Append("\\f");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                default:
                    if (IsPlain(c)) text.Append(c);
                    else text.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
                    break;
            }
        }

        text.Append('"');
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text);
        return text.ToString();
    }

    /// <summary>Whether it is a value of a schema.</summary>
    public bool Fits(Schema schema) => schema.Kind switch
    {
        "null" => Raw == "null",
        "boolean" => Raw is "true" or "false",
        "int" => int.TryParse(Raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "long" => long.TryParse(Raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "float" or "double" => IsNumber || Text is "NaN" or "Infinity" or "-Infinity",
        "string" => Text is not null,
        "bytes" => Text is not null && Text.All(static c => c <= 0xff),
        "fixed" => Text is not null && Text.Length == schema.Size && Text.All(static c => c <= 0xff),
        "enum" => Text is not null && schema.Symbols.Contains(Text),
        "array" => Items is not null && Items.All(item => item.Fits(schema.Parts[0])),
        "map" => Entries is not null && Entries.All(entry => entry.Value.Fits(schema.Parts[0])),
        "union" => schema.Parts.Any(Fits),
        _ => Entries is not null && schema.Fields.All(field => (Entries.LastOrDefault(entry => entry.Key == field.Name).Value ?? field.Default)?.Fits(field.Schema) == true),
    };

    private static bool IsPlain(char c) => c is >= ' ' and < '\x7f' || (c > '\x7f' && char.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator));

    private sealed class Parser(string text)
    {
        private int _at;

        public Json ParseAll()
        {
            var value = Parse(0);
            Space();
            return _at == text.Length ? value : throw new FormatException();
        }

        private Json Parse(int depth)
        {
            Space();
            if (depth > 64 || _at >= text.Length) throw new FormatException();

            switch (text[_at])
            {
                case '"':
                    return String(ParseString());
                case '[':
                    _at++;
                    var items = new List<Json>();
                    while (Next(']', items.Count > 0)) items.Add(Parse(depth + 1));
                    return new Json("", null, items, null);
                case '{':
                    _at++;
                    var entries = new List<KeyValuePair<string, Json>>();
                    while (Next('}', entries.Count > 0))
                    {
                        var key = ParseString();
                        Space();
                        Expect(':');
                        entries.Add(new KeyValuePair<string, Json>(key, Parse(depth + 1)));
                    }

                    return new Json("", null, null, entries);
                default:
                    var start = _at;
                    while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '-' or '+' or '.')) _at++;
                    var raw = text.Substring(start, _at - start);
                    return raw is "null" or "true" or "false" || IsJsonNumber(raw) ? Literal(raw) : throw new FormatException();
            }
        }

        private static bool IsJsonNumber(string raw)
        {
            var digits = raw.StartsWith("-", StringComparison.Ordinal) ? raw.Substring(1) : raw;
            return digits.Length > 0 && char.IsDigit(digits[0]) && !(digits.Length > 1 && digits[0] == '0' && char.IsDigit(digits[1])) && !digits.EndsWith(".", StringComparison.Ordinal)
                && double.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        }

        private bool Next(char end, bool needsComma)
        {
            Space();
            if (_at < text.Length && text[_at] == end)
            {
                _at++;
                return false;
            }

            if (needsComma) Expect(',');
            Space();
            return true;
        }

        private string ParseString()
        {
            Expect('"');
            var value = new StringBuilder();
            while (true)
            {
                if (_at >= text.Length || text[_at] < ' ') throw new FormatException();
                var c = text[_at++];
                if (c == '"') return value.ToString();
                value.Append(c == '\\' ? Escaped() : c);
            }
        }

        private char Escaped()
        {
            if (_at >= text.Length) throw new FormatException();
            var c = text[_at++];
            switch (c)
            {
                case '"' or '\\' or '/':
                    return c;
                case 'b':
                    return '\b';
                case 'f':
                    return '\f';
                case 'n':
                    return '\n';
                case 'r':
                    return '\r';
                case 't':
                    return '\t';
                case 'u' when _at + 4 <= text.Length && ushort.TryParse(text.Substring(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                    _at += 4;
                    return (char)code;
                default:
                    throw new FormatException();
            }
        }

        private void Expect(char c)
        {
            if (_at >= text.Length || text[_at] != c) throw new FormatException();
            _at++;
        }

        private void Space()
        {
            while (_at < text.Length && text[_at] is ' ' or '\t' or '\n' or '\r') _at++;
        }
    }
}

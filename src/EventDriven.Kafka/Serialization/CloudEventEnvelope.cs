using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EventDriven.Kafka.Serialization;

/// <summary>
/// A CloudEvent in the JSON event format of CloudEvents 1.0, as structured mode has it. Reading goes over the bytes once and is bounded by their number, by
/// <see cref="MaxAttributes"/> and by the depth that System.Text.Json allows.
/// </summary>
internal sealed class CloudEventEnvelope
{
    public const int MaxAttributes = 128;
    private const int LongestName = 64;
    private static readonly string[] Required = ["specversion", "id", "source", "type"];
    private static readonly string[] Texts = [.. Required, "subject", "time", "dataschema", "datacontenttype"];

    private readonly byte[] _value;
    private readonly Dictionary<string, string?> _members = new(StringComparer.Ordinal);
    private Range? _data;
    private string? _text;
    private byte[]? _binary;

    private CloudEventEnvelope(byte[] value) => _value = value;

    /// <summary>The attributes that have a value, <c>datacontenttype</c> aside.</summary>
    public IEnumerable<KeyValuePair<string, string>> Attributes =>
        _members.Where(static member => member.Value is not null && member.Key != "datacontenttype")!;

    /// <summary>The media type of the data; null where nothing says it.</summary>
    public string? ContentType { get; private set; }

    /// <summary>The data: a part of the bytes that were read, where it is JSON; empty where the event has none.</summary>
    public ReadOnlyMemory<byte> Data { get; private set; }

    /// <summary>Reads an envelope.</summary>
    /// <exception cref="FormatException">It is none; the message says why, and repeats no content but names.</exception>
    public static CloudEventEnvelope Read(byte[] value)
    {
        var envelope = new CloudEventEnvelope(value);
        try
        {
            envelope.ReadMembers();
        }
        catch (JsonException exception)
        {
            throw new FormatException($"it is not valid JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} of the line.");
        }
        catch (InvalidOperationException)
        {
            throw new FormatException("a text in it is not valid UTF-8.");
        }

        envelope.CheckRequired();
        envelope.TakeData();
        return envelope;
    }

    private void ReadMembers()
    {
        var reader = new Utf8JsonReader(_value);
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            throw new FormatException(reader.TokenType is JsonTokenType.StartArray ? "it is an array, and batches are no part of the Kafka binding." : "it is no JSON object.");
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = Name(ref reader);
            reader.Read();
            var value = name switch
            {
                "data" => Data(ref reader),
                "data_base64" => Binary(ref reader),
                _ => Attribute(name, ref reader),
            };
            if (!_members.TryAdd(name, value)) throw new FormatException($"'{name}' is there twice.");
        }

        // Throws for anything but white space behind the object.
        reader.Read();

        string? Data(ref Utf8JsonReader reader)
        {
            // What the text means is known when the content type is.
            _text = reader.TokenType is JsonTokenType.String ? reader.GetString() : null;
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            _data = start..(int)reader.BytesConsumed;
            return null;
        }

        string? Binary(ref Utf8JsonReader reader)
        {
            if (reader.TokenType is JsonTokenType.Null) return null;
            if (reader.TokenType is not JsonTokenType.String || !reader.TryGetBytesFromBase64(out _binary)) throw new FormatException("'data_base64' is not Base64.");
            return null;
        }
    }

    private string Name(ref Utf8JsonReader reader)
    {
        if (_members.Count == MaxAttributes) throw new FormatException($"it has more than {MaxAttributes} members.");
        if (reader.ValueSpan.Length > LongestName) throw new FormatException($"a name in it is longer than {LongestName} bytes.");

        var name = reader.GetString()!;
        return name is "data_base64" || (name.Length > 0 && name.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character)))
            ? name
            : throw new FormatException("a name in it is not of lower-case letters and digits, as attributes are.");
    }

    private static string? Attribute(string name, ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => reader.GetString(),
        _ when Texts.Contains(name) => throw new FormatException($"'{name}' is no text."),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number when reader.TryGetInt32(out var number) => number.ToString(CultureInfo.InvariantCulture),
        JsonTokenType.Number => throw new FormatException($"'{name}' is no integer of 32 bits."),
        _ => throw new FormatException($"'{name}' is an object or array, and attributes are texts, integers and booleans."),
    };

    private void CheckRequired()
    {
        foreach (var name in Required)
        {
            if (string.IsNullOrEmpty(_members.GetValueOrDefault(name))) throw new FormatException($"it has no '{name}'.");
        }

        if (_members["specversion"] is not CloudEventNames.Version) throw new FormatException($"its 'specversion' is not {CloudEventNames.Version}.");
    }

    private void TakeData()
    {
        ContentType = _members.GetValueOrDefault("datacontenttype");
        if (_binary is not null)
        {
            Data = _data is null ? _binary : throw new FormatException("it has both 'data' and 'data_base64'.");
            return;
        }

        if (_data is not { } range) return;

        ContentType ??= "application/json";
        if (MediaType.IsJson(ContentType))
        {
            Data = _value.AsMemory(range);
            return;
        }

        if (_text is null) throw new FormatException("its 'data' is no text, and its 'datacontenttype' is not JSON.");
        if (!MediaType.IsUtf8(ContentType)) throw new FormatException("the charset of its 'datacontenttype' is not UTF-8.");
        Data = Encoding.UTF8.GetBytes(_text);
    }
}

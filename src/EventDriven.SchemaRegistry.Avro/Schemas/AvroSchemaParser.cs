using System.Text.Json;

namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>Reads a schema's text. Names that the text does not define come from the schemas it refers to.</summary>
internal sealed class AvroSchemaParser
{
    /// <summary>How deep JSON may nest; what follows a schema walks as deep on its stack.</summary>
    private const int MaximumDepth = 128;

    private readonly Dictionary<string, NamedSchema> _names = new(StringComparer.Ordinal);

    /// <summary>Where only names are looked for: those that are not defined in the text, in the order in which it has them.</summary>
    private readonly List<(string Qualified, string Name)>? _elsewhere;

    private AvroSchemaParser(List<(string Qualified, string Name)>? elsewhere = null) => _elsewhere = elsewhere;

    /// <param name="text">The text: JSON, or the bare name of a primitive type as older registries keep it.</param>
    /// <param name="references">The texts of the schemas it refers to, each after those that it refers to itself.</param>
    /// <exception cref="AvroSchemaException">It is no schema.</exception>
    public static AvroSchema Parse(string text, params IReadOnlyList<string> references)
    {
        var parser = new AvroSchemaParser();
        foreach (var reference in references) parser.ParseText(reference);
        return parser.ParseText(text);
    }

    /// <summary>Which of several names a text uses without defining them, each once, in its order.</summary>
    /// <param name="names">Full names.</param>
    /// <param name="text">The text. Names that are neither in it nor among those are no error here.</param>
    /// <exception cref="AvroSchemaException">It is no schema.</exception>
    public static IReadOnlyList<string> NamesFrom(IEnumerable<string> names, string text)
    {
        var known = names.ToHashSet(StringComparer.Ordinal);
        if (known.Count == 0) return [];

        List<(string Qualified, string Name)> elsewhere = [];
        new AvroSchemaParser(elsewhere).ParseText(text);
        return [.. elsewhere.Select(used => known.Contains(used.Qualified) ? used.Qualified : used.Name).Where(known.Contains).Distinct(StringComparer.Ordinal)];
    }

    private AvroSchema ParseText(string text)
    {
        if (PrimitiveSchema.Find(text.Trim()) is { } kind) return new PrimitiveSchema(kind);

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaximumDepth });
        }
        catch (JsonException exception)
        {
            throw new AvroSchemaException($"The schema is not valid JSON: {exception.Message}", exception);
        }

        using (document)
        {
            try
            {
                return Parse(document.RootElement, null);
            }
            catch (InvalidOperationException exception)
            {
                // JsonElement says so where a text has half of a surrogate pair.
                throw new AvroSchemaException($"The schema has text that is none: {exception.Message}", exception);
            }
        }
    }

    private AvroSchema Parse(JsonElement json, string? @namespace) => json.ValueKind switch
    {
        JsonValueKind.String => ParseName(json.GetString()!, @namespace),
        JsonValueKind.Array => ParseUnion(json, @namespace),
        JsonValueKind.Object => ParseObject(json, @namespace),
        _ => throw new AvroSchemaException($"A schema is a string, an array or an object, and not {Shorten(json)}."),
    };

    private AvroSchema ParseName(string name, string? @namespace)
    {
        if (PrimitiveSchema.Find(name) is { } kind) return new PrimitiveSchema(kind);

        var qualified = AvroNames.Qualify(name, @namespace);
        if (_names.TryGetValue(qualified, out var known) || _names.TryGetValue(name, out known)) return known;
        if (_elsewhere is null) throw new AvroSchemaException($"The schema names '{qualified}', which neither it nor what it refers to has defined before.");

        _elsewhere.Add((qualified, name));
        return new FixedSchema(qualified, 0);
    }

    private UnionSchema ParseUnion(JsonElement json, string? @namespace)
    {
        var branches = new List<AvroSchema>(json.GetArrayLength());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in json.EnumerateArray())
        {
            var branch = Parse(element, @namespace);
            if (branch is UnionSchema) throw new AvroSchemaException("A union stands directly in a union.");
            if (!seen.Add(branch is NamedSchema named ? named.FullName : PrimitiveSchema.NameOf(branch.Kind)))
            {
                throw new AvroSchemaException($"A union has {branch.Display} twice.");
            }

            branches.Add(branch);
        }

        return new UnionSchema(branches);
    }

    private AvroSchema ParseObject(JsonElement json, string? @namespace)
    {
        if (!json.TryGetProperty("type", out var type)) throw new AvroSchemaException($"A schema has no type: {Shorten(json)}.");
        if (type.ValueKind is not JsonValueKind.String) return Parse(type, @namespace);

        var name = type.GetString()!;
        switch (name)
        {
            case "record" or "error":
                return ParseRecord(json, @namespace);
            case "enum":
                return ParseEnum(json, @namespace);
            case "fixed":
                return ParseFixed(json, @namespace);
            case "array":
                return new ArraySchema(Parse(Required(json, "items"), @namespace));
            case "map":
                return new MapSchema(Parse(Required(json, "values"), @namespace));
            default:
                return PrimitiveSchema.Find(name) is { } kind
                    ? new PrimitiveSchema(kind) { Logical = ParseLogical(json, kind, 0) }
                    : ParseName(name, @namespace);
        }
    }

    private RecordSchema ParseRecord(JsonElement json, string? @namespace)
    {
        var fullName = ParseFullName(json, @namespace);
        var record = new RecordSchema(fullName) { Aliases = ParseNamedAliases(json, fullName), Doc = Text(json, "doc") };
        Define(record);

        var array = Required(json, "fields");
        if (array.ValueKind is not JsonValueKind.Array) throw new AvroSchemaException($"The fields of {fullName} are no array.");

        var fields = new List<FieldSchema>(array.GetArrayLength());
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in array.EnumerateArray())
        {
            var field = element.ValueKind is JsonValueKind.Object ? ParseField(element, record) : throw new AvroSchemaException($"A field of {fullName} is no object.");
            if (!names.Add(field.Name)) throw new AvroSchemaException($"{fullName} has the field '{field.Name}' twice.");
            fields.Add(field);
        }

        record.Fields = fields;
        return record;
    }

    private FieldSchema ParseField(JsonElement json, RecordSchema record)
    {
        var name = Text(json, "name");
        if (name is null || !AvroNames.IsName(name)) throw new AvroSchemaException($"A field of {record.FullName} has no valid name.");

        return new FieldSchema(name, Parse(Required(json, "type"), record.Namespace))
        {
            Aliases = Texts(json, "aliases"),
            Doc = Text(json, "doc"),
            Default = json.TryGetProperty("default", out var value) ? value.Clone() : null,
        };
    }

    private EnumSchema ParseEnum(JsonElement json, string? @namespace)
    {
        var fullName = ParseFullName(json, @namespace);
        var symbols = Texts(json, "symbols");
        if (symbols.FirstOrDefault(static symbol => !AvroNames.IsName(symbol)) is { } invalid) throw new AvroSchemaException($"{fullName} has the symbol '{invalid}', which is no name.");
        if (symbols.Distinct(StringComparer.Ordinal).Count() != symbols.Count) throw new AvroSchemaException($"{fullName} has a symbol twice.");

        var @default = Text(json, "default");
        if (@default is not null && !symbols.Contains(@default, StringComparer.Ordinal)) throw new AvroSchemaException($"The default of {fullName} is '{@default}', which is none of its symbols.");

        return Define(new EnumSchema(fullName, symbols) { Aliases = ParseNamedAliases(json, fullName), Doc = Text(json, "doc"), Default = @default });
    }

    private FixedSchema ParseFixed(JsonElement json, string? @namespace)
    {
        var fullName = ParseFullName(json, @namespace);
        if (Number(json, "size") is not { } size || size < 0) throw new AvroSchemaException($"{fullName} has no valid size.");

        return Define(new FixedSchema(fullName, size)
        {
            Aliases = ParseNamedAliases(json, fullName),
            Doc = Text(json, "doc"),
            Logical = ParseLogical(json, AvroKind.Fixed, size),
        });
    }

    private static LogicalType ParseLogical(JsonElement json, AvroKind kind, int size) =>
        Text(json, "logicalType") is { } name ? LogicalType.Find(name, kind, size, Number(json, "precision"), json.TryGetProperty("scale", out _) ? Number(json, "scale") ?? -1 : null) : default;

    private static string ParseFullName(JsonElement json, string? @namespace)
    {
        var fullName = AvroNames.Qualify(Text(json, "name") ?? throw new AvroSchemaException($"A named type has no name: {Shorten(json)}."), Text(json, "namespace") ?? @namespace);
        return AvroNames.IsFullName(fullName) && PrimitiveSchema.Find(fullName) is null ? fullName : throw new AvroSchemaException($"'{fullName}' is no valid name of a type.");
    }

    /// <summary>An alias without a namespace has that of the name it stands for.</summary>
    private static string[] ParseNamedAliases(JsonElement json, string fullName)
    {
        var dot = fullName.LastIndexOf('.');
        return [.. Texts(json, "aliases").Select(alias => AvroNames.Qualify(alias, dot < 0 ? null : fullName[..dot]))];
    }

    private T Define<T>(T named)
        where T : NamedSchema => _names.TryAdd(named.FullName, named) ? named : throw new AvroSchemaException($"The schema defines '{named.FullName}' twice.");

    private static JsonElement Required(JsonElement json, string property) =>
        json.TryGetProperty(property, out var value) ? value : throw new AvroSchemaException($"A schema has no '{property}': {Shorten(json)}.");

    private static string? Text(JsonElement json, string property) =>
        json.TryGetProperty(property, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement json, string property) =>
        json.TryGetProperty(property, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static List<string> Texts(JsonElement json, string property)
    {
        if (!json.TryGetProperty(property, out var value)) return [];

        return value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(static element => element.ValueKind is JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(static element => element.GetString()!)]
            : throw new AvroSchemaException($"'{property}' is no array of strings: {Shorten(value)}.");
    }

    private static string Shorten(JsonElement json) => json.GetRawText() is { Length: > 80 } text ? $"{text[..80]}…" : json.GetRawText();
}

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>The types that a file can name: its own, and those that it imports.</summary>
internal sealed class ProtobufTypes
{
    private static readonly Dictionary<string, ProtobufKind> Scalars = new(StringComparer.Ordinal)
    {
        ["int32"] = ProtobufKind.Number, ["int64"] = ProtobufKind.Number, ["uint32"] = ProtobufKind.Number, ["uint64"] = ProtobufKind.Number, ["bool"] = ProtobufKind.Number,
        ["sint32"] = ProtobufKind.SignedNumber, ["sint64"] = ProtobufKind.SignedNumber, ["fixed32"] = ProtobufKind.Fixed32, ["sfixed32"] = ProtobufKind.Fixed32,
        ["fixed64"] = ProtobufKind.Fixed64, ["sfixed64"] = ProtobufKind.Fixed64, ["float"] = ProtobufKind.Float, ["double"] = ProtobufKind.Double,
        ["string"] = ProtobufKind.Text, ["bytes"] = ProtobufKind.Text,
    };

    private readonly Dictionary<string, (ProtobufMessage Message, string Package)> _messages = new(StringComparer.Ordinal);
    private readonly HashSet<string> _enums = new(StringComparer.Ordinal);

    public ProtobufTypes(ProtobufSource file, IEnumerable<ProtobufSource> imported)
    {
        foreach (var source in imported.Append(file))
        {
            _enums.UnionWith(source.Enums);
            foreach (var message in source.Messages) Add(message, source.Package);
        }
    }

    public ProtobufType Of(ProtobufField field, ProtobufMessage scope)
    {
        var type = Find(field.Type, scope.FullName);
        if (field.IsGroup) return type with { Kind = ProtobufKind.Group };
        if (field.KeyType is not null) return Map(Find(field.KeyType, scope.FullName), type);

        // What compilers make of a map.
        return type.Message is { IsMapEntry: true, Fields: [var key, var value] } entry ? Map(Of(key, entry), Of(value, entry)) : type;
    }

    private static ProtobufType Map(ProtobufType key, ProtobufType value) => new(ProtobufKind.Map, $"map<{key.Display}, {value.Display}>") { Entry = (key, value) };

    /// <summary>By the rules of the language: from the innermost scope outwards.</summary>
    private ProtobufType Find(string name, string scope)
    {
        if (Scalars.TryGetValue(name, out var scalar)) return new ProtobufType(scalar, name);
        if (name[0] == '.') return Find(name[1..]) ?? Absent(name[1..]);

        for (var around = scope; around.Length > 0; around = around.LastIndexOf('.') is > 0 and var end ? around[..end] : "")
        {
            if (Find($"{around}.{name}") is { } found) return found;
        }

        return Find(name) ?? Absent(name);
    }

    private ProtobufType? Find(string fullName)
    {
        if (_enums.Contains(fullName)) return new ProtobufType(ProtobufKind.Number, fullName);

        return _messages.TryGetValue(fullName, out var found)
            ? new ProtobufType(ProtobufKind.Message, fullName, found.Message, found.Package.Length == 0 ? fullName : fullName[(found.Package.Length + 1)..])
            : null;
    }

    private static ProtobufType Absent(string name) => new(ProtobufKind.Message, name, LocalName: name);

    private void Add(ProtobufMessage message, string package)
    {
        _messages[message.FullName] = (message, package);
        _enums.UnionWith(message.Enums);
        foreach (var nested in message.Messages) Add(nested, package);
    }
}

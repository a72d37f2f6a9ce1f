using System.Globalization;
using EventDriven.SchemaRegistry.Protobuf.Schemas;

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>Reads the types of a <c>.proto</c> text (proto2, proto3 or editions), and steps over everything else.</summary>
internal ref struct ProtobufTextParser
{
    private readonly ProtobufSource _source = new();
    private ProtoTokens _tokens;

    private ProtobufTextParser(string text) => _tokens = new ProtoTokens(text);

    /// <exception cref="FormatException">It is none.</exception>
    public static ProtobufSource Parse(string text)
    {
        var parser = new ProtobufTextParser(text);
        parser.ReadFile();
        return parser._source;
    }

    private void ReadFile()
    {
        while (_tokens.Next())
        {
            if (_tokens.Is("export") || _tokens.Is("local")) Advance();
            if (_tokens.Is("package"))
            {
                Advance();
                _source.Package = ReadTypeName();
                Expect(";");
            }
            else if (_tokens.Is("message"))
            {
                Advance();
                _source.Messages.Add(ReadMessage(_source.Package, 0));
            }
            else if (_tokens.Is("enum"))
            {
                _source.Enums.Add(ReadEnum(_source.Package));
            }
            else if (_tokens.Is("service") || _tokens.Is("extend"))
            {
                SkipTo("{");
                SkipBlock();
            }
            else if (_tokens.Is("syntax") || _tokens.Is("edition") || _tokens.Is("import") || _tokens.Is("option"))
            {
                SkipStatement();
            }
            else if (!_tokens.Is(";"))
            {
                throw Unexpected("a message");
            }
        }
    }

    /// <summary>From its name to its closing brace.</summary>
    private ProtobufMessage ReadMessage(string scope, int depth)
    {
        var message = new ProtobufMessage(scope, ReadName());
        Expect("{");
        ReadBody(message, depth + 1);
        return message;
    }

    private void ReadBody(ProtobufMessage message, int depth)
    {
        if (depth > MessagePath.Deepest) throw new FormatException($"its messages are more than {MessagePath.Deepest} deep in one another.");

        for (Advance(); !_tokens.Is("}"); Advance())
        {
            if (_tokens.Is("export") || _tokens.Is("local")) Advance();
            if (_tokens.Is("message"))
            {
                Advance();
                message.Messages.Add(ReadMessage(message.FullName, depth));
            }
            else if (_tokens.Is("enum"))
            {
                message.Enums.Add(ReadEnum(message.FullName));
            }
            else if (_tokens.Is("oneof"))
            {
                Advance();
                ReadOneOf(message, ReadName(), depth);
            }
            else if (_tokens.Is("extend"))
            {
                SkipTo("{");
                SkipBlock();
            }
            else if (_tokens.Is("option"))
            {
                ReadOption(message);
            }
            else if (_tokens.Is("reserved") || _tokens.Is("extensions"))
            {
                SkipStatement();
            }
            else if (!_tokens.Is(";"))
            {
                ReadField(message, null, depth);
            }
        }
    }

    private void ReadOneOf(ProtobufMessage message, string name, int depth)
    {
        Expect("{");
        for (Advance(); !_tokens.Is("}"); Advance())
        {
            if (_tokens.Is("option")) SkipStatement();
            else if (!_tokens.Is(";")) ReadField(message, name, depth);
        }
    }

    private void ReadField(ProtobufMessage message, string? oneOf, int depth)
    {
        var label = _tokens.Is("optional") ? ProtobufLabel.Optional : _tokens.Is("required") ? ProtobufLabel.Required : _tokens.Is("repeated") ? ProtobufLabel.Repeated : ProtobufLabel.None;
        if (label is not ProtobufLabel.None) Advance();

        if (_tokens.Is("group"))
        {
            Advance();
            var name = ReadName();
            var number = ReadNumber();
            var group = new ProtobufMessage(message.FullName, name);
            SkipTo("{");
            ReadBody(group, depth + 1);
            message.Messages.Add(group);
            message.Fields.Add(new ProtobufField(number, name.ToLowerInvariant(), name, label, oneOf, IsGroup: true));
            return;
        }

        var type = ReadTypeName();
        string? keyType = null;
        if (type == "map" && _tokens.Is("<"))
        {
            Advance();
            keyType = ReadTypeName();
            Expect(",");
            Advance();
            type = ReadTypeName();
            Expect(">");
            Advance();
        }

        var field = ReadName();
        message.Fields.Add(new ProtobufField(ReadNumber(), field, type, label, oneOf, keyType));
        SkipStatement();
    }

    private string ReadEnum(string scope)
    {
        Advance();
        var name = ReadName();
        Expect("{");
        SkipBlock();
        return scope.Length == 0 ? name : $"{scope}.{name}";
    }

    /// <summary>Entries of maps stand in the text itself where a registry made it from a descriptor.</summary>
    private void ReadOption(ProtobufMessage message)
    {
        Advance();
        if (_tokens.Is("map_entry"))
        {
            Advance();
            Expect("=");
            Advance();
            message.IsMapEntry = _tokens.Is("true");
        }

        SkipStatement();
    }

    /// <summary>A name with dots in it, and to what stands behind it.</summary>
    private string ReadTypeName()
    {
        var name = "";
        if (_tokens.Is("."))
        {
            name = ".";
            Advance();
        }

        for (name += ReadName(); _tokens.Is("."); name += $".{ReadName()}") Advance();
        return name;
    }

    /// <summary>A name, and to what stands behind it.</summary>
    private string ReadName()
    {
        if (!_tokens.IsName) throw Unexpected("a name");

        var name = _tokens.Current.ToString();
        Advance();
        return name;
    }

    /// <summary>From the sign of equality to what stands behind the number of a field.</summary>
    private int ReadNumber()
    {
        Expect("=");
        Advance();
        var digits = _tokens.Current;
        var isHex = digits.StartsWith("0x") || digits.StartsWith("0X");
        if (!int.TryParse(isHex ? digits[2..] : digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var number)) throw Unexpected("the number of a field");

        Advance();
        return number;
    }

    private void SkipTo(string token)
    {
        while (!_tokens.Is(token)) Advance();
    }

    /// <summary>To the semicolon, past the values of options in braces.</summary>
    private void SkipStatement()
    {
        for (; !_tokens.Is(";"); Advance())
        {
            if (_tokens.Is("{")) SkipBlock();
            else if (_tokens.Is("}")) throw Unexpected("a semicolon");
        }
    }

    /// <summary>From an opening brace to its closing one.</summary>
    private void SkipBlock()
    {
        for (var open = 1; open > 0;)
        {
            Advance();
            if (_tokens.Is("{")) open++;
            else if (_tokens.Is("}")) open--;
        }
    }

    private readonly void Expect(string token)
    {
        if (!_tokens.Is(token)) throw Unexpected($"'{token}'");
    }

    private readonly FormatException Unexpected(string wanted) => new($"line {_tokens.Line} has '{_tokens.Current}' where {wanted} is expected.");

    private void Advance()
    {
        if (!_tokens.Next()) throw new FormatException("it ends too early.");
    }
}

namespace EventDriven.SchemaRegistry.Protobuf.Schemas;

/// <summary>
/// Reads of a <c>.proto</c> text (proto2, proto3 or editions) the names of its messages and their order, and steps over everything else. Names of types are not resolved: the registry has done that.
/// </summary>
internal ref struct ProtoParser
{
    private ProtoTokens _tokens;
    private bool _hasWrittenEntries;

    private ProtoParser(string text) => _tokens = new ProtoTokens(text);

    /// <exception cref="FormatException">It is none.</exception>
    public static ProtoFile Parse(string text)
    {
        var parser = new ProtoParser(text);
        var package = "";
        var messages = new List<ProtoMessage>();
        while (parser._tokens.Next())
        {
            if (parser._tokens.Is("package"))
            {
                package = parser.ReadDotted();
            }
            else
            {
                parser.ReadStatement(package, messages, depth: 0);
            }
        }

        // Entries stand in the text itself where a registry made it from a descriptor.
        return new ProtoFile(messages, parser._hasWrittenEntries);
    }

    /// <summary>A statement of a file, a message, an <c>oneof</c> or an <c>extend</c>, from its first token on.</summary>
    private void ReadStatement(string scope, List<ProtoMessage> messages, int depth, ProtoMessage? inside = null)
    {
        if (_tokens.Is(";")) return;
        if (_tokens.Is("export") || _tokens.Is("local")) Advance();

        if (_tokens.Is("message"))
        {
            ReadMessage(scope, messages, depth);
        }
        else if (_tokens.Is("oneof") || _tokens.Is("extend"))
        {
            // Groups in it are messages of the scope around it.
            while (!_tokens.Is("{")) Advance();
            ReadBody(scope, messages, depth + 1, null);
        }
        else if (_tokens.Is("enum") || _tokens.Is("service"))
        {
            while (!_tokens.Is("{")) Advance();
            SkipBlock();
        }
        else if (_tokens.Is("option"))
        {
            Advance();
            if (inside is not null && _tokens.Is("map_entry"))
            {
                Advance();
                Advance();
                if (_tokens.Is("true")) _hasWrittenEntries = inside.IsMapEntry = true;
            }

            SkipStatement();
        }
        else
        {
            ReadField(scope, messages, depth);
        }
    }

    private void ReadField(string scope, List<ProtoMessage> messages, int depth)
    {
        if (_tokens.Is("optional") || _tokens.Is("required") || _tokens.Is("repeated")) Advance();
        if (_tokens.Is("map"))
        {
            Advance();
            if (_tokens.Is("<")) messages.Add(new ProtoMessage("", isMapEntry: true));
            SkipStatement();
        }
        else if (_tokens.Is("group"))
        {
            ReadMessage(scope, messages, depth);
        }
        else
        {
            SkipStatement();
        }
    }

    private void ReadMessage(string scope, List<ProtoMessage> messages, int depth)
    {
        Advance();
        var message = new ProtoMessage(scope.Length == 0 ? _tokens.Current.ToString() : $"{scope}.{_tokens.Current}");
        if (!_tokens.IsName) throw new FormatException($"a message has no name in line {_tokens.Line}.");

        messages.Add(message);
        while (!_tokens.Is("{")) Advance();
        ReadBody(message.FullName, message.Nested, depth + 1, message);
    }

    private void ReadBody(string scope, List<ProtoMessage> messages, int depth, ProtoMessage? inside)
    {
        if (depth > MessagePath.Deepest) throw new FormatException($"its messages are more than {MessagePath.Deepest} deep in one another.");

        Advance();
        while (!_tokens.Is("}"))
        {
            ReadStatement(scope, messages, depth, inside);
            Advance();
        }
    }

    private string ReadDotted()
    {
        var name = "";
        for (Advance(); !_tokens.Is(";"); Advance()) name += _tokens.Current.ToString();
        return name;
    }

    /// <summary>To the semicolon, past the values of options in braces.</summary>
    private void SkipStatement()
    {
        for (; !_tokens.Is(";"); Advance())
        {
            if (_tokens.Is("{")) SkipBlock();
            else if (_tokens.Is("}")) throw new FormatException($"a statement does not end in line {_tokens.Line}.");
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

    private void Advance()
    {
        if (!_tokens.Next()) throw new FormatException("it ends too early.");
    }
}

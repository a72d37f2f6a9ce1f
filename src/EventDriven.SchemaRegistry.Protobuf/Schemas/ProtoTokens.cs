namespace EventDriven.SchemaRegistry.Protobuf.Schemas;

/// <summary>The tokens of a <c>.proto</c> text: names, numbers, texts in quotes, and single characters; comments are left out.</summary>
internal ref struct ProtoTokens(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _start;
    private int _end;

    public readonly ReadOnlySpan<char> Current => _text[_start.._end];

    public readonly bool IsName => _end > _start && (char.IsAsciiLetter(_text[_start]) || _text[_start] == '_');

    /// <summary>Counted from 1.</summary>
    public readonly int Line => _text[.._start].Count('\n') + 1;

    public readonly bool Is(string token) => Current.SequenceEqual(token);

    /// <returns>Whether there is another.</returns>
    /// <exception cref="FormatException">A comment or a text does not end.</exception>
    public bool Next()
    {
        SkipBlanks();
        if (_start == _text.Length) return false;

        var first = _text[_start];
        if (IsNameCharacter(first))
        {
            while (_end < _text.Length && IsNameCharacter(_text[_end])) _end++;
        }
        else
        {
            _end++;
            if (first is '"' or '\'') ReadToQuote(first);
        }

        return true;
    }

    private static bool IsNameCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character == '_';

    private void ReadToQuote(char quote)
    {
        for (; _end < _text.Length; _end++)
        {
            if (_text[_end] == '\\') _end++;
            else if (_text[_end] == quote)
            {
                _end++;
                return;
            }
        }

        throw new FormatException($"a text in quotes does not end in line {Line}.");
    }

    private void SkipBlanks()
    {
        _start = _end;
        while (_start < _text.Length)
        {
            var rest = _text[_start..];
            if (char.IsWhiteSpace(rest[0]) || rest[0] == '\uFEFF') _start++;
            else if (rest.StartsWith("//")) _start += rest.IndexOf('\n') is >= 0 and var end ? end : rest.Length;
            else if (rest.StartsWith("/*")) _start += rest[2..].IndexOf("*/") is >= 0 and var close ? close + 4 : throw new FormatException($"a comment does not end in line {Line}.");
            else break;
        }

        _end = _start;
    }
}

using System.Text;

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>Lines of C#, indented by their braces.</summary>
internal sealed class Code
{
    private readonly StringBuilder _text = new();
    private int _depth;
    private int _locals;

    public void Line(string text)
    {
        _text.Append(' ', _depth * 4).Append(text).Append('\n');
    }

    public void Open(string head)
    {
        if (head.Length > 0) Line(head);
        Line("{");
        _depth++;
    }

    public void Close(string tail = "")
    {
        _depth--;
        Line("}" + tail);
    }

    /// <summary>A name that no other local has.</summary>
    public string Local(string kind) => $"{kind}{_locals++}";

    public override string ToString() => _text.ToString();
}

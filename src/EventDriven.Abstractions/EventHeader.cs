using System.Text;
using System.Text.Unicode;

namespace EventDriven;

/// <summary>One header of a record: a name and bytes, which may be absent (a Kafka header value may be null).</summary>
public readonly struct EventHeader
{
    /// <summary>Creates a header.</summary>
    /// <param name="name">Its name. Names are case-sensitive and may repeat within a record.</param>
    /// <param name="value">Its bytes, or null.</param>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    public EventHeader(string name, ReadOnlyMemory<byte>? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        Value = value;
    }

    /// <summary>The name of the header.</summary>
    public string Name { get; }

    /// <summary>The bytes of the header; null where the record carries a null value.</summary>
    public ReadOnlyMemory<byte>? Value { get; }

    /// <summary>Reads the value as UTF-8 text.</summary>
    /// <param name="text">The text, or null where the value is null or is not valid UTF-8.</param>
    /// <returns>Whether the value is UTF-8 text.</returns>
    public bool TryGetText([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? text)
    {
        // Somebody else may have written thousands that are no text: no exception for each.
        if (Value is not { } bytes || !Utf8.IsValid(bytes.Span))
        {
            text = null;
            return false;
        }

        text = Encoding.UTF8.GetString(bytes.Span);
        return true;
    }
}

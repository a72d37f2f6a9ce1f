using System.Buffers.Text;
using System.Text.Unicode;

namespace EventDriven.Kafka.Failures;

/// <summary>The value of a header that must be there once: there several times, or without a value, it is damaged.</summary>
internal struct OnlyHeader
{
    /// <summary>No text that we write is longer.</summary>
    private const int Longest = 8 * 1024;

    private bool _isDamaged;

    /// <summary>Its bytes; null where there is none, or it is damaged.</summary>
    public byte[]? Bytes { get; private set; }

    public readonly bool IsAbsent => Bytes is null && !_isDamaged;

    /// <summary>Whether it is text that we could have written.</summary>
    public readonly bool IsText => Bytes is { Length: > 0 and <= Longest } && Utf8.IsValid(Bytes);

    /// <summary>Its whole number; null where it is anything else.</summary>
    public readonly long? Number => Utf8Parser.TryParse(Bytes, out long number, out var read) && read == Bytes!.Length ? number : null;

    public void Note(byte[]? value)
    {
        _isDamaged |= value is null || Bytes is not null;
        Bytes = _isDamaged ? null : value;
    }
}

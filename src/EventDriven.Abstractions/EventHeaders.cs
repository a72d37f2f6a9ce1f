using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace EventDriven;

/// <summary>The headers of a record, in order. A name may occur more than once; values may be null and need not be text.</summary>
/// <remarks>Not thread-safe. The headers of a consumed event are a copy for its handler: changing them changes nothing on the broker.</remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "Headers is the field's word.")]
public sealed class EventHeaders : IReadOnlyList<EventHeader>
{
    private readonly List<EventHeader> _headers;

    /// <summary>Creates an empty set of headers.</summary>
    public EventHeaders() => _headers = [];

    internal EventHeaders(int capacity) => _headers = new List<EventHeader>(capacity);

    /// <summary>The number of headers, repeated names counted each time.</summary>
    public int Count => _headers.Count;

    /// <summary>The header at a position.</summary>
    /// <param name="index">The position, from 0.</param>
    /// <returns>The header.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such position.</exception>
    public EventHeader this[int index] => _headers[index];

    /// <summary>Appends a header with text, as UTF-8. A header of the same name stays.</summary>
    /// <param name="name">The name.</param>
    /// <param name="text">The text; null appends a header whose value is null.</param>
    /// <returns>These headers, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    [OverloadResolutionPriority(1)] // Add(name, null) is a header with a null value, not an ambiguous call.
    public EventHeaders Add(string name, string? text)
    {
        // Not one expression: a null array would become an empty value.
        _headers.Add(text is null ? new EventHeader(name, null) : new EventHeader(name, Encoding.UTF8.GetBytes(text)));
        return this;
    }

    /// <summary>Appends a header with bytes. A header of the same name stays.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The bytes, not copied: do not change them while the record is under way.</param>
    /// <returns>These headers, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    public EventHeaders Add(string name, ReadOnlyMemory<byte> value)
    {
        _headers.Add(new EventHeader(name, value));
        return this;
    }

    /// <summary>Appends a header as it is, a null value included.</summary>
    /// <param name="header">The header.</param>
    /// <returns>These headers, so that calls can be chained.</returns>
    public EventHeaders Add(EventHeader header)
    {
        _headers.Add(header);
        return this;
    }

    /// <summary>Removes every header of a name, then appends one with text.</summary>
    /// <param name="name">The name.</param>
    /// <param name="text">The text; null appends a header whose value is null.</param>
    /// <returns>These headers, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is null.</exception>
    public EventHeaders Set(string name, string? text)
    {
        Remove(name);
        return Add(name, text);
    }

    /// <summary>Removes every header of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>How many were removed.</returns>
    public int Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _headers.RemoveAll(header => string.Equals(header.Name, name, StringComparison.Ordinal));
    }

    /// <summary>Finds the last header of a name: where a name repeats, the last one counts, as in Kafka's own clients.</summary>
    /// <param name="name">The name, case-sensitive.</param>
    /// <param name="header">The header, if there is one. Its value may be null.</param>
    /// <returns>Whether there is a header of that name.</returns>
    public bool TryGetLast(string name, out EventHeader header)
    {
        for (var i = _headers.Count - 1; i >= 0; i--)
        {
            if (string.Equals(_headers[i].Name, name, StringComparison.Ordinal))
            {
                header = _headers[i];
                return true;
            }
        }

        header = default;
        return false;
    }

    /// <summary>Reads the last header of a name as UTF-8 text.</summary>
    /// <param name="name">The name, case-sensitive.</param>
    /// <returns>The text; null where there is no such header, its value is null, or it is not valid UTF-8.</returns>
    public string? GetText(string name) => TryGetLast(name, out var header) && header.TryGetText(out var text) ? text : null;

    internal void AddRange(EventHeaders headers) => _headers.AddRange(headers._headers);

    internal void Clear() => _headers.Clear();

    /// <inheritdoc/>
    public IEnumerator<EventHeader> GetEnumerator() => _headers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

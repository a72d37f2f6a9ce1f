using System.ComponentModel;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>
/// Walks over a dictionary that is known by an interface, whose enumerator would be an object for each event; that of <see cref="Dictionary{TKey, TValue}"/> itself is none. For generated and
/// compiled code. Not thread-safe.
/// </summary>
/// <typeparam name="T">The type of its values.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct AvroEntries<T> : IDisposable
{
    private readonly IEnumerator<KeyValuePair<string, T>>? _other;
    private Dictionary<string, T>.Enumerator _own;

    /// <summary>Begins before the first entry.</summary>
    /// <param name="entries">The dictionary.</param>
    /// <exception cref="ArgumentNullException"><paramref name="entries"/> is null.</exception>
    public AvroEntries(IEnumerable<KeyValuePair<string, T>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries is Dictionary<string, T> own) _own = own.GetEnumerator();
        else _other = entries.GetEnumerator();
    }

    /// <summary>The entry where it stands.</summary>
    public readonly KeyValuePair<string, T> Current => _other is null ? _own.Current : _other.Current;

    /// <summary>Goes on to the next entry.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext() => _other?.MoveNext() ?? _own.MoveNext();

    /// <summary>For <c>foreach</c>.</summary>
    /// <returns>Itself.</returns>
    public readonly AvroEntries<T> GetEnumerator() => this;

    /// <summary>Ends the walk.</summary>
    public readonly void Dispose() => _other?.Dispose();
}

using System.ComponentModel;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>
/// Walks over a collection that is known by an interface, whose enumerator would be an object for each event: by number where it has them, a set by its own enumerator. For generated and
/// compiled code. Not thread-safe.
/// </summary>
/// <typeparam name="T">The type of its items.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct AvroItems<T> : IDisposable
{
    private readonly IList<T>? _list;
    private readonly IEnumerator<T>? _other;
    private HashSet<T>.Enumerator _set;
    private int _index = -1;

    /// <summary>Begins before the first item.</summary>
    /// <param name="items">The collection.</param>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> is null.</exception>
    public AvroItems(IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items is IList<T> list) _list = list;
        else if (items is HashSet<T> set) _set = set.GetEnumerator();
        else _other = items.GetEnumerator();
    }

    /// <summary>The item where it stands.</summary>
    public readonly T Current => _list is not null ? _list[_index] : _other is not null ? _other.Current : _set.Current;

    /// <summary>Goes on to the next item.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext() => _list is not null ? ++_index < _list.Count : _other?.MoveNext() ?? _set.MoveNext();

    /// <summary>For <c>foreach</c>.</summary>
    /// <returns>Itself.</returns>
    public readonly AvroItems<T> GetEnumerator() => this;

    /// <summary>Ends the walk.</summary>
    public readonly void Dispose() => _other?.Dispose();
}

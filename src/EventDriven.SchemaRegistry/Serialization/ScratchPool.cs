namespace EventDriven.SchemaRegistry;

/// <summary>Keeps a few objects that are used for the length of a call. Thread-safe, without locks; more than it has places for are left to the collector.</summary>
internal sealed class ScratchPool<T>
    where T : class
{
    private readonly T?[] _others = new T?[Math.Max(Environment.ProcessorCount, 4)];
    private T? _first;

    /// <returns>Null where there is none left: the caller makes one.</returns>
    public T? Rent()
    {
        if (Interlocked.Exchange(ref _first, null) is { } first) return first;

        for (var i = 0; i < _others.Length; i++)
        {
            if (_others[i] is not null && Interlocked.Exchange(ref _others[i], null) is { } other) return other;
        }

        return null;
    }

    public void Return(T item)
    {
        if (_first is null)
        {
            _first = item;
            return;
        }

        for (var i = 0; i < _others.Length; i++)
        {
            if (_others[i] is not null) continue;

            _others[i] = item;
            return;
        }
    }
}

namespace EventDriven;

/// <summary>What the runtime provides to the contexts of one consumer.</summary>
internal abstract class EventContextHost
{
    public abstract string ConsumerName { get; }

    public abstract string Group { get; }

    /// <summary>Turns the client's own headers into ours; called at most once for an attempt, and only when something reads them.</summary>
    public abstract EventHeaders ReadHeaders(object? rawHeaders);

    /// <summary>The last header of a name, in the client's own headers; nothing is kept.</summary>
    public virtual bool TryGetHeader(object? rawHeaders, string name, out ReadOnlyMemory<byte> value)
    {
        value = ReadHeaders(rawHeaders).TryGetLast(name, out var header) ? header.Value.GetValueOrDefault() : default;
        return !value.IsEmpty;
    }

    /// <summary>The services of the current attempt; opens its scope on the first call and keeps it in <see cref="EventContext.Scope"/>.</summary>
    public abstract IServiceProvider GetServices(EventContext context);

    /// <summary>Turns the bytes of the key into a key; called at most once for an attempt and type, and never where there is no key.</summary>
    public virtual TKey ReadKey<TKey>(EventContext context)
        where TKey : notnull =>
        throw new InvalidOperationException("This context has no serializers for keys.");
}

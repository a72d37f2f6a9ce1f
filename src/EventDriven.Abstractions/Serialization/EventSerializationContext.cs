namespace EventDriven;

/// <summary>Where the bytes of an event or key go to or come from.</summary>
public readonly struct EventSerializationContext
{
    private readonly EventContext? _event;
    private readonly EventHeaders? _headers;

    /// <summary>Creates a context.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="component">Whether the bytes are of the key or of the value.</param>
    /// <param name="headers">The headers of the record.</param>
    public EventSerializationContext(string topic, EventComponent component, EventHeaders headers)
    {
        Topic = topic;
        Component = component;
        _headers = headers;
    }

    internal EventSerializationContext(EventContext context, EventComponent component)
    {
        Topic = context.Topic;
        Component = component;
        _event = context;
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>Whether the bytes are of the key or of the value.</summary>
    public EventComponent Component { get; }

    /// <summary>Whether the record gets the headers of CloudEvents. A serializer that knows the attribute <c>dataschema</c> then adds it, as the header <c>ce_dataschema</c>. The default value is false.</summary>
    public bool IsCloudEvent { get; init; }

    internal EventContext? Event => _event;

    /// <summary>The headers of the record. A serializer may add to them; a deserializer reads them.</summary>
    public EventHeaders Headers => _headers ?? _event?.Headers ?? throw new InvalidOperationException("This context was not created by a constructor.");

    /// <summary>Reads the last header of a name, without turning all headers of a consumed record into <see cref="Headers"/>.</summary>
    /// <param name="name">The name; case-sensitive.</param>
    /// <param name="value">Its bytes; empty where there is no such header, or it has no value.</param>
    /// <returns>Whether there is such a header with a value.</returns>
    public bool TryGetHeader(string name, out ReadOnlyMemory<byte> value)
    {
        if (_headers is null && _event is not null) return _event.TryGetHeader(name, out value);

        value = Headers.TryGetLast(name, out var header) ? header.Value.GetValueOrDefault() : default;
        return !value.IsEmpty;
    }
}

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

    internal EventContext? Event => _event;

    /// <summary>The headers of the record. A serializer may add to them; a deserializer reads them.</summary>
    public EventHeaders Headers => _headers ?? _event?.Headers ?? throw new InvalidOperationException("This context was not created by a constructor.");
}

namespace EventDriven;

/// <summary>A schema that another refers to. Immutable.</summary>
public sealed class EventSchemaReference
{
    /// <summary>Makes one.</summary>
    /// <param name="name">By which name it is referred to: an Avro full name, a JSON <c>$ref</c>, a Protobuf import.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="ArgumentException">One of the two is null or empty.</exception>
    public EventSchemaReference(string name, string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(text);
        (Name, Text) = (name, text);
    }

    /// <summary>By which name it is referred to: an Avro full name, a JSON <c>$ref</c>, a Protobuf import.</summary>
    public string Name { get; }

    /// <summary>Its text, as it is registered.</summary>
    public string Text { get; }
}

using EventDriven.SchemaRegistry.Protobuf.Messages;
using Google.Protobuf;

namespace EventDriven.SchemaRegistry.Protobuf;

/// <summary>How events of a producer, consumer or key are written and read as Protobuf. Not thread-safe; used only while services are registered.</summary>
public sealed class ProtobufOptions : SchemaSerializationOptions
{
    /// <summary>
    /// Whether imported files that every registry and client brings with it (<c>google/protobuf/*</c>, <c>google/type/*</c>, <c>confluent/*</c>) are not registered as references.
    /// The default value is true, as in the client vendor's serializers.
    /// </summary>
    public bool SkipKnownTypes { get; set; } = true;

    /// <summary>Under which subject an imported file is registered. The default value is <see cref="ReferenceSubjectNaming.ReferenceName"/>.</summary>
    public ReferenceSubjectNaming ReferenceSubjectNaming { get; set; }

    /// <summary>
    /// Names the subject of an imported file, by the path that it is imported by, such as <c>shop/money.proto</c>. The default value is null: by <see cref="ReferenceSubjectNaming"/>.
    /// </summary>
    public Func<string, string>? ReferenceSubjectNamer { get; set; }

    internal Dictionary<Type, MessageType> Messages { get; } = [];

    internal Dictionary<Type, HashSet<string>> Aliases { get; } = [];

    /// <summary>Gives the parser of a message, so that it is not looked for by reflection: the way for trimmed and native applications.</summary>
    /// <typeparam name="T">The message.</typeparam>
    /// <param name="parser">The parser that is generated with it, such as <c>OrderPlaced.Parser</c>.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="parser"/> is null.</exception>
    public ProtobufOptions UseParser<T>(MessageParser<T> parser)
        where T : IMessage<T>, new()
    {
        ArgumentNullException.ThrowIfNull(parser);
        Messages[typeof(T)] = new MessageType(parser, new T().Descriptor);
        return this;
    }

    /// <summary>
    /// Lets events of another full name be read as a message: one that was renamed, or moved to another package, without a change of its fields. Events of any other name than the message's own
    /// fail, since Protobuf would take them for it without a word.
    /// </summary>
    /// <typeparam name="T">The message that is read.</typeparam>
    /// <param name="fullName">The full name of the message that was written, such as <c>shop.v1.OrderPlaced</c>.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException"><paramref name="fullName"/> is null or blank.</exception>
    public ProtobufOptions AddAlias<T>(string fullName)
        where T : IMessage<T>
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(fullName);
        if (!Aliases.TryGetValue(typeof(T), out var names)) Aliases[typeof(T)] = names = new HashSet<string>(StringComparer.Ordinal);
        names.Add(fullName);
        return this;
    }
}

using EventDriven.SchemaRegistry.Protobuf.Messages;
using EventDriven.SchemaRegistry.Protobuf.Schemas;
using Google.Protobuf;

namespace EventDriven.SchemaRegistry.Protobuf.Serialization;

/// <inheritdoc/>
/// <remarks>
/// Any bytes that are well-formed make any message, so the name of what was written has to be that of what is read. Where a message is nested beside map fields, clients count differently: some count the
/// entry that the compiler makes of a map field as a message, others do not. Both are understood.
/// </remarks>
internal sealed class ProtobufReader<T> : SchemaReader<T>
{
    private readonly MessageType _message;
    private readonly ProtoFile _file;
    private readonly IReadOnlySet<string>? _aliases;

    /// <summary>How almost all events begin.</summary>
    private readonly byte[]? _usualPath;

    /// <exception cref="NotSupportedException">The file has no such message.</exception>
    public ProtobufReader(MessageType message, ProtoFile file, IReadOnlySet<string>? aliases)
    {
        (_message, _file, _aliases) = (message, file, aliases);
        _usualPath = file.PathOf(message.Descriptor.FullName, file.CountsMapEntries) is { } path ? MessagePath.Encode(path) : null;
    }

    public override T Read(ReadOnlySpan<byte> body) => throw new NotSupportedException("it has no message index path.");

    public override T Read(ReadOnlySpan<byte> path, ReadOnlySpan<byte> body)
    {
        if (!path.SequenceEqual(_usualPath)) Check(path);

        try
        {
            var message = _message.Parser.ParseFrom(body);
            return _message.HasRequiredFields && RequiredFields.Missing(message) is { } missing ? throw new FormatException($"{missing} is required, and is not set.") : (T)message;
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new FormatException($"{FieldPath.ToFault(_message.Descriptor, body)}: {broken.Message}", broken);
        }
    }

    /// <exception cref="FormatException">The indexes are those of no message, or of another.</exception>
    private void Check(ReadOnlySpan<byte> path)
    {
        Span<int> indexes = stackalloc int[MessagePath.Deepest];
        if (MessagePath.Read(path, indexes, out var count, out _) is { } problem) throw new FormatException(problem);

        var asWritten = _file.NameOf(indexes[..count], _file.CountsMapEntries);
        var otherwise = _file.NameOf(indexes[..count], !_file.CountsMapEntries);
        if (IsMine(asWritten) || IsMine(otherwise)) return;

        var told = string.Join(", ", indexes[..count].ToArray());
        throw new FormatException(asWritten is null
            ? $"its message index path [{told}] is that of no message of its schema."
            : $"it is the message {asWritten}, and {_message.Descriptor.FullName} is what is read here.");
    }

    private bool IsMine(string? name) => name is not null && (name == _message.Descriptor.FullName || _aliases?.Contains(name) is true);
}

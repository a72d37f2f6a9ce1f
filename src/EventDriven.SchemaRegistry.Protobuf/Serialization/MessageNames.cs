using EventDriven.SchemaRegistry.Protobuf.Schemas;

namespace EventDriven.SchemaRegistry.Protobuf.Serialization;

/// <summary>Tells by its indexes which message of a file an event is.</summary>
internal sealed class MessageNames(ProtoFile file, Func<string, bool> isOwn) : SchemaNames
{
    public override string? Of(ReadOnlySpan<byte> path, ReadOnlySpan<byte> body)
    {
        Span<int> indexes = stackalloc int[MessagePath.Deepest];
        if (MessagePath.Read(path, indexes, out var count, out _) is not null) return null;

        var asWritten = file.NameOf(indexes[..count], file.CountsMapEntries);
        var otherwise = file.NameOf(indexes[..count], !file.CountsMapEntries);
        return asWritten is null || (otherwise is not null && isOwn(otherwise) && !isOwn(asWritten)) ? otherwise : asWritten;
    }
}

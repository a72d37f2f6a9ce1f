using System.Buffers;
using EventDriven.SchemaRegistry.Protobuf.Messages;
using Google.Protobuf;

namespace EventDriven.SchemaRegistry.Protobuf.Serialization;

/// <inheritdoc/>
/// <remarks>Written into memory that is kept, and copied: to measure a message first, every text and message in it is gone through once more.</remarks>
internal sealed class ProtobufWriter<T>(byte[] path, bool hasRequiredFields) : SchemaWriter<T>
{
    /// <summary>A buffer that has grown larger serves one event and is let go.</summary>
    private const int LargestKept = 1024 * 1024;

    private readonly ScratchPool<ArrayBufferWriter<byte>> _pool = new();

    public override ReadOnlyMemory<byte> Path => path;

    public override byte[] Write(T value, ReadOnlySpan<byte> prefix)
    {
        var message = (IMessage)value!;
        if (hasRequiredFields && RequiredFields.Missing(message) is { } missing) throw new InvalidOperationException($"{missing} is required, and is not set.");

        var scratch = _pool.Rent() ?? new ArrayBufferWriter<byte>(512);
        try
        {
            scratch.Write(prefix);
            message.WriteTo(scratch);
            return scratch.WrittenSpan.ToArray();
        }
        finally
        {
            scratch.ResetWrittenCount();
            if (scratch.Capacity <= LargestKept) _pool.Return(scratch);
        }
    }
}

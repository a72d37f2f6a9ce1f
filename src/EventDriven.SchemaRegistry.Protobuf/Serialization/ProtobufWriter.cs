using EventDriven.SchemaRegistry.Protobuf.Messages;
using Google.Protobuf;

namespace EventDriven.SchemaRegistry.Protobuf.Serialization;

/// <inheritdoc/>
internal sealed class ProtobufWriter<T>(byte[] path, bool hasRequiredFields) : SchemaWriter<T>
{
    public override ReadOnlyMemory<byte> Path => path;

    public override byte[] Write(T value, ReadOnlySpan<byte> prefix)
    {
        var message = (IMessage)value!;
        if (hasRequiredFields && RequiredFields.Missing(message) is { } missing) throw new InvalidOperationException($"{missing} is required, and is not set.");

        var bytes = GC.AllocateUninitializedArray<byte>(prefix.Length + message.CalculateSize());
        prefix.CopyTo(bytes);
        message.WriteTo(bytes.AsSpan(prefix.Length));
        return bytes;
    }
}

namespace EventDriven.Kafka.Serialization;

/// <summary>Adds to what a serializer says of bytes where they come from, and their beginning.</summary>
internal static class ReadErrors
{
    private const int Shown = 16;

    public static EventSerializationException Located(
        string consumer, EventContext context, EventComponent component, Type type, EventSerializationException exception, ReadOnlySpan<byte> bytes)
    {
        var first = Convert.ToHexStringLower(bytes[..Math.Min(bytes.Length, Shown)]);
        var shown = bytes.Length == 0 ? "It has no bytes." : $"It has {bytes.Length} bytes{(bytes.Length > Shown ? ", the first are " : ": ")}{first}.";
        var what = component is EventComponent.Key ? "the key of " : "";
        return new EventSerializationException(
            $"Consumer '{consumer}' can't read {what}{context.Topic}[{context.Partition}]@{context.Offset} as {type}. {exception.Message} {shown}", type, exception);
    }
}

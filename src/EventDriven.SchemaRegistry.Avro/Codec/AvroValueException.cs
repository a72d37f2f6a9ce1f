namespace EventDriven.SchemaRegistry.Avro.Codec;

/// <summary>A body that is no value, or a value that has no body: where in it, and why. The serializer makes an <see cref="EventSerializationException"/> of it.</summary>
/// <param name="path">The path of the field, such as <c>lines[2].price</c>; empty for the event itself.</param>
/// <param name="reason">Why, as a part of a sentence.</param>
/// <param name="innerException">What threw, where that was code of the event's own.</param>
internal sealed class AvroValueException(string path, string reason, Exception? innerException = null)
    : Exception(path.Length == 0 ? reason : $"field '{path}': {reason}", innerException)
{
    public string Path => path;

    public string Reason => reason;
}

namespace EventDriven.SchemaRegistry.Avro.Binary;

/// <summary>Bytes that are no value of their schema, or a value that has no bytes in it. What throws it knows the reason; the codec finds out the path by the position.</summary>
/// <param name="message">Why, as a part of a sentence.</param>
/// <param name="isBefore">Whether nothing of what failed has been read yet.</param>
internal sealed class AvroFormatException(string message, bool isBefore = false) : Exception(message)
{
    public bool IsBefore => isBefore;
}

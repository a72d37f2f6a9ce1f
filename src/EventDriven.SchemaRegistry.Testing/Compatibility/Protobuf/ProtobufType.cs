namespace EventDriven.SchemaRegistry.Testing;

/// <summary>The type of a field, with its name resolved. Immutable.</summary>
/// <param name="Kind">How it is written.</param>
/// <param name="Display">What it is called in messages.</param>
/// <param name="Message">The message; null where it is none, or one of a file that is not there, such as <c>google/protobuf/timestamp.proto</c>.</param>
/// <param name="LocalName">Its name without the package.</param>
internal sealed record ProtobufType(ProtobufKind Kind, string Display, ProtobufMessage? Message = null, string LocalName = "")
{
    /// <summary>Of a map.</summary>
    public (ProtobufType Key, ProtobufType Value)? Entry { get; init; }

    public bool IsNumeric => Kind < ProtobufKind.Text;
}

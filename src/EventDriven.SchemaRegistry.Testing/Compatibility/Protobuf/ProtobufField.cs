namespace EventDriven.SchemaRegistry.Testing;

/// <summary>A field of a message. Immutable.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as the file names it; of a map, that of its values.</param>
/// <param name="Label">Its label.</param>
/// <param name="OneOf">The <c>oneof</c> that it is in.</param>
/// <param name="KeyType">Of a map: the type of its keys.</param>
/// <param name="IsGroup">Whether it is a group of proto2.</param>
internal sealed record ProtobufField(int Number, string Name, string Type, ProtobufLabel Label, string? OneOf = null, string? KeyType = null, bool IsGroup = false);

namespace EventDriven.SchemaRegistry.Testing;

/// <summary>What stands before the type of a field.</summary>
internal enum ProtobufLabel
{
    /// <summary>Nothing, as of most fields of proto3.</summary>
    None = 0,

    Optional,

    Required,

    Repeated,
}

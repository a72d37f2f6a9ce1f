namespace EventDriven.SchemaRegistry.Protobuf.Schemas;

/// <summary>A message of a file: its name, and where it stands among the others.</summary>
internal sealed class ProtoMessage(string fullName, bool isMapEntry = false)
{
    public string FullName => fullName;

    /// <summary>Whether it is the entry of a map field. Nobody writes it alone.</summary>
    public bool IsMapEntry { get; set; } = isMapEntry;

    /// <summary>The messages in it, in order.</summary>
    public List<ProtoMessage> Nested { get; } = [];
}

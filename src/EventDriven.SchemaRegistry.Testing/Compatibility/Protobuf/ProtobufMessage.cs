namespace EventDriven.SchemaRegistry.Testing;

/// <summary>A message of a file: its fields, and the types in it.</summary>
internal sealed class ProtobufMessage(string scope, string name)
{
    public string Name => name;

    public string FullName { get; } = scope.Length == 0 ? name : $"{scope}.{name}";

    public List<ProtobufField> Fields { get; } = [];

    /// <summary>The messages in it.</summary>
    public List<ProtobufMessage> Messages { get; } = [];

    /// <summary>The full names of the enums in it.</summary>
    public List<string> Enums { get; } = [];

    /// <summary>Whether it is the entry of a map field: what compilers make of one.</summary>
    public bool IsMapEntry { get; set; }
}

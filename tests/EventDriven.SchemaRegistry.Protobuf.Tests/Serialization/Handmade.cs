using Google.Protobuf;
using Google.Protobuf.Reflection;
using Shop;

namespace EventDriven.SchemaRegistry.Protobuf.Tests;

/// <summary>A message without what the compiler generates beside it.</summary>
public sealed class Handmade : IMessage<Handmade>
{
    public MessageDescriptor Descriptor => OrderCancelled.Descriptor;

    public int CalculateSize() => 0;

    public Handmade Clone() => new();

    public bool Equals(Handmade? other) => other is not null;

    public override bool Equals(object? obj) => Equals(obj as Handmade);

    public override int GetHashCode() => 0;

    public void MergeFrom(Handmade message)
    {
    }

    public void MergeFrom(CodedInputStream input)
    {
    }

    public void WriteTo(CodedOutputStream output)
    {
    }
}

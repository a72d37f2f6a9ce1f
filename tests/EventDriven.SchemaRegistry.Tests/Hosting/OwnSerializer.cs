using System.Text;
using Confluent.Kafka;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>A synchronous serializer as an application may have it.</summary>
internal sealed class OwnSerializer : ISerializer<Cancelled>, IDeserializer<Cancelled>
{
    public byte[] Serialize(Cancelled data, SerializationContext context) =>
        data.Id.Length > 0 ? Encoding.UTF8.GetBytes($"{data.Id} of {context.Topic}") : throw new ArgumentException("an order has an id");

    public Cancelled Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => new(Encoding.UTF8.GetString(data));
}

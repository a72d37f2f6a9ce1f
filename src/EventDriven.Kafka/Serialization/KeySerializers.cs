using System.Buffers.Binary;
using System.Collections.Frozen;

namespace EventDriven.Kafka.Serialization;

/// <summary>
/// How keys are encoded unless a builder says otherwise: as Kafka's own Java client does it, so that equal keys land on equal partitions whoever produced them.
/// Strings are UTF-8, bytes stay as they are, <see cref="Guid"/> is its text in lower case (as <c>UUIDSerializer</c>), numbers are big-endian.
/// </summary>
internal static class KeySerializers
{
    private static readonly FrozenDictionary<Type, object> Serializers = new Dictionary<Type, object>
    {
        [typeof(string)] = Utf8Serializer.Instance,
        [typeof(byte[])] = ByteArraySerializer.Instance,
        [typeof(ReadOnlyMemory<byte>)] = ByteMemorySerializer.Instance,
        [typeof(Guid)] = new GuidSerializer(),
        [typeof(short)] = new NumberSerializer<short>(sizeof(short), BinaryPrimitives.WriteInt16BigEndian, BinaryPrimitives.ReadInt16BigEndian),
        [typeof(int)] = new NumberSerializer<int>(sizeof(int), BinaryPrimitives.WriteInt32BigEndian, BinaryPrimitives.ReadInt32BigEndian),
        [typeof(long)] = new NumberSerializer<long>(sizeof(long), BinaryPrimitives.WriteInt64BigEndian, BinaryPrimitives.ReadInt64BigEndian),
        [typeof(float)] = new NumberSerializer<float>(sizeof(float), BinaryPrimitives.WriteSingleBigEndian, BinaryPrimitives.ReadSingleBigEndian),
        [typeof(double)] = new NumberSerializer<double>(sizeof(double), BinaryPrimitives.WriteDoubleBigEndian, BinaryPrimitives.ReadDoubleBigEndian),
    }.ToFrozenDictionary();

    /// <summary>The serializer of a key type that needs no serializer of its own.</summary>
    /// <returns>The serializer; null for any other type.</returns>
    public static IEventSerializer<TKey>? TryGet<TKey>() =>
        Serializers.GetValueOrDefault(typeof(TKey)) as IEventSerializer<TKey>;
}

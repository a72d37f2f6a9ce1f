using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka.Pipeline;

/// <inheritdoc/>
internal sealed class KeyDescriptor<TKey>(EventKeyBuilder<TKey> builder) : KeyDescriptor
    where TKey : notnull
{
    public override Type KeyType => typeof(TKey);

    public override string? Problem(IServiceProvider root)
    {
        try
        {
            return builder.Create(root) is IOneWaySerializer { CanRead: false } ? "A serializer was given, and a consumer needs a deserializer: k.Deserialize(with: …)." : null;
        }
#pragma warning disable CA1031 // Whatever a serializer package throws is told with the other errors.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return $"Keys can't be read as {typeof(TKey)}: {exception.Message}";
        }
    }

    public override object CreateSerializer(IServiceProvider root) => builder.Create(root);

    public override KeyReader Compose(string consumer, IServiceProvider root) => new KeyReader<TKey>(consumer, builder.Create(root));
}

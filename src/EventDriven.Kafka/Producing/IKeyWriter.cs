namespace EventDriven.Kafka.Producing;

/// <summary>Writes keys of one type as the events of a producer carry them.</summary>
internal interface IKeyWriter<in TKey>
{
    ValueTask<byte[]?> WriteAsync(TKey key, EventSerializationContext context, CancellationToken cancellationToken);
}

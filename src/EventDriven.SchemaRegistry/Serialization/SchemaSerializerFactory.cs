using BitFaster.Caching.Lru;

namespace EventDriven.SchemaRegistry;

/// <summary>What a format plugs into the builders of producers, consumers and keys. Thread-safe.</summary>
internal abstract class SchemaSerializerFactory(SchemaSettings settings) : IEventSerializerFactory, IEventTypeReader
{
    private readonly ConcurrentLru<SchemaKey, SchemaNames> _names = new(Math.Max(3, settings.Registry.Options.MaxCachedSchemas));

    public SchemaSettings Settings => settings;

    /// <summary>Whether records have a message index path.</summary>
    protected virtual bool HasPath => false;

    public IEventSerializer<T> Create<T>(EventComponent component) => CreateOther<T>(component) ?? new SchemaSerializer<T>(CreateCodec<T>(), settings);

    public abstract string? NameOf<T>();

    public ValueTask<string?> ReadTypeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken)
    {
        // What is not framed says its type in another way, or fails where it is read.
        if (SchemaFrame.Read(data, context, HasPath, out var frame) is not null) return default;

        return _names.TryGet(frame.Key, out var names) ? new ValueTask<string?>(Tell(names, frame)) : ReadAsync(frame, cancellationToken);
    }

    /// <summary>A serializer of its own for types that are not the codec's; null for all others.</summary>
    protected virtual IEventSerializer<T>? CreateOther<T>(EventComponent component) => null;

    /// <summary>Makes the codec of a type.</summary>
    /// <exception cref="NotSupportedException">There is none; the message says what to do.</exception>
    protected abstract SchemaCodec<T> CreateCodec<T>();

    /// <summary>Finds out what the events of a schema are called, once for each. What it throws counts as not telling.</summary>
    protected abstract SchemaNames CreateNames(KnownSchema schema);

    private async ValueTask<string?> ReadAsync(SchemaFrame frame, CancellationToken cancellationToken)
    {
        KnownSchema schema;
        try
        {
            schema = await settings.Registry.GetAsync(frame.Key, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryRequestException failure) when (failure.IsOutage)
        {
            throw new EventSerializerUnavailableException(failure.Message, failure);
        }
        catch (RegistryRequestException)
        {
            return null;
        }

        return Tell(_names.GetOrAdd(frame.Key, (_, known) => Prepare(known), schema), frame);
    }

    /// <summary>Bytes that make no sense name nothing; reading the event tells why.</summary>
    private static string? Tell(SchemaNames names, in SchemaFrame frame)
    {
        try
        {
            return names.Of(frame.Path.Span, frame.Body.Span);
        }
#pragma warning disable CA1031 // Whatever a format throws about the bytes, it is said where the event is read.
        catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private SchemaNames Prepare(KnownSchema schema)
    {
        try
        {
            return CreateNames(schema);
        }
#pragma warning disable CA1031 // A schema that makes no sense names nothing; reading the event tells why.
        catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            return SchemaNames.Always(null);
        }
    }
}

using BitFaster.Caching.Lru;

namespace EventDriven.SchemaRegistry;

/// <content>Reading.</content>
internal sealed partial class SchemaSerializer<T>
{
    private readonly ConcurrentLru<SchemaKey, ReadBinding> _readers = new(Math.Max(3, settings.Registry.Options.MaxCachedSchemas));
    private readonly bool _hasPath = codec.HasPath;
    private ReadBinding? _lastReader;

    public ValueTask<T> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken)
    {
        // Almost always in the schema of the record before, whose name stands in front as it did there.
        if (!_hasPath && _lastReader is { } last && data.Span.StartsWith(last.Prefix) && !context.TryGetHeader(SchemaFrame.HeaderOf(context.Component), out _))
        {
            return new ValueTask<T>(Read(last, default, data.Span[last.Prefix.Length..], context));
        }

        if (SchemaFrame.Read(data, context, _hasPath, out var frame) is { } problem) throw Unreadable(context, null, problem);

        if (!(_lastReader is { } reader && reader.Key == frame.Key) && !_readers.TryGet(frame.Key, out reader)) return PrepareAndReadAsync(frame, context, cancellationToken);

        _lastReader = reader;
        return new ValueTask<T>(Read(reader, frame.Path.Span, frame.Body.Span, context));
    }

    private async ValueTask<T> PrepareAndReadAsync(SchemaFrame frame, EventSerializationContext context, CancellationToken cancellationToken)
    {
        KnownSchema schema;
        try
        {
            schema = await _registry.GetAsync(frame.Key, cancellationToken).ConfigureAwait(false);
        }
        catch (RegistryRequestException failure) when (failure.IsOutage)
        {
            throw new EventSerializerUnavailableException(failure.Message, failure);
        }
        catch (RegistryRequestException failure)
        {
            throw Unreadable(context, frame.Key, failure.Message, failure);
        }

        // Twice for two at once is no harm: preparing has no effects.
        var reader = _readers.GetOrAdd(frame.Key, static (key, argument) => argument.Serializer.Prepare(key, argument.Schema), (Serializer: this, Schema: schema));
        return Read(reader, frame.Path.Span, frame.Body.Span, context);
    }

    private ReadBinding Prepare(SchemaKey key, KnownSchema schema)
    {
        if (schema.Format != codec.Format) return new ReadBinding(key, null, $"the schema is {schema.Format}, and {codec.Format} is what is read here.", null);
        if (schema.Rules.OnRead is { } rule) return new ReadBinding(key, null, $"the schema has {rule}", null);

        try
        {
            return new ReadBinding(key, codec.CreateReader(schema), null, null);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new ReadBinding(key, null, exception.Message, exception);
        }
    }

    private T Read(ReadBinding binding, ReadOnlySpan<byte> path, ReadOnlySpan<byte> body, in EventSerializationContext context)
    {
        if (binding.Reader is null) throw Unreadable(context, binding.Key, binding.Problem!, binding.Exception);

        T value;
        try
        {
            value = _hasPath ? binding.Reader.Read(path, body) : binding.Reader.Read(body);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw Unreadable(context, binding.Key, exception.Message, exception);
        }

        return value is not null ? value : throw Unreadable(context, binding.Key, "it is null. (A tombstone is a record without a value.)");
    }

    private static EventSerializationException Unreadable(in EventSerializationContext context, SchemaKey? key, string reason, Exception? exception = null)
    {
        var schema = key is { } known ? $", schema {known}" : "";
        return new EventSerializationException($"The {WriteRefusal.NameOf(context.Component)} of a record of topic '{context.Topic}' is no {typeof(T)}{schema}: {reason}", typeof(T), exception);
    }

    /// <summary>How to read what one schema wrote, or why that can't be done.</summary>
    private sealed record ReadBinding(SchemaKey Key, SchemaReader<T>? Reader, string? Problem, Exception? Exception)
    {
        /// <summary>What names the schema in front of a body.</summary>
        public byte[] Prefix { get; } = Key.Guid is { } guid ? SchemaFrame.Prefix(guid, default) : SchemaFrame.Prefix(Key.Id, default);
    }
}

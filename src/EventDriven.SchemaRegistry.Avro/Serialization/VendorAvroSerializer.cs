using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Serialization;

/// <summary>
/// The vendor's serializers behind our seam, over our registry client. A body is walked over before they see it: they believe its lengths. Thread-safe.
/// </summary>
internal sealed class VendorAvroSerializer<T>(ISchemaRegistryClient client, SchemaSettings settings, AvroOptions options) : IEventSerializer<T>, IEventSerializerCheck, IEventSchema
{
    private readonly AvroSerializer<T> _serializer = new(client, SerializerConfig(settings, options));
    private readonly AvroDeserializer<T> _deserializer = new(client);
    private readonly BitFaster.Caching.Lru.ConcurrentLru<SchemaKey, AvroSchema> _schemas = new(Math.Max(3, settings.Registry.Options.MaxCachedSchemas));
    private readonly ScratchPool<AvroReader> _pool = new();

    /// <summary>That of the class; null where each event has its own.</summary>
    private readonly SchemaDefinition? _schema = DefinitionOf(typeof(T));

    private KnownDataSchema? _dataSchema;

    public string? ContentType => AvroCodec.ContentType;

    public EventSchema? Describe(string topic, EventComponent component) => _schema?.Describe(settings.SubjectOf(topic, component, _schema.Name));

    /// <inheritdoc/>
    /// <remarks>Nothing is wrong with a generic record before the first one shows its schema.</remarks>
    public async ValueTask<string?> CheckAsync(string topic, EventComponent component, CancellationToken cancellationToken)
    {
        if (_schema is null) return null;

        try
        {
            var found = await settings.Registry.FindAsync(settings.SubjectOf(topic, component, _schema.Name), _schema, settings.Use, cancellationToken).ConfigureAwait(false);
            settings.EnsureCanBeNamed(found.Schema);
            return null;
        }
        catch (RegistryRequestException failure) when (failure.IsOutage)
        {
            return failure.Message;
        }
        catch (Exception failure) when (failure is RegistryRequestException or NotSupportedException)
        {
            var refused = WriteRefusal.Of(typeof(T), topic, component, WriteRefusal.Reason(failure, settings.Use), failure);
            return await WriteRefusal.ExplainAsync(refused, settings, _schema, topic, component, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<byte[]> SerializeAsync(T value, EventSerializationContext context, CancellationToken cancellationToken)
    {
        var headers = new Headers();
        byte[] bytes;
        try
        {
            bytes = await _serializer.SerializeAsync(value, Context(context, headers)).WaitAsync(settings.Registry.Options.TimeBudget, settings.Registry.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !IsOfCaller(exception, cancellationToken))
        {
            ThrowIfOutage(exception, $"the schema of {typeof(T)}");
            throw WriteRefusal.Of(typeof(T), context.Topic, context.Component, exception.Message, exception);
        }

        foreach (var header in headers) context.Headers.Add(new EventHeader(header.Key, header.GetValueBytes()));

        // By which schema it was written, the vendor tells in the record alone.
        if (DataSchema.IsWanted(context) && SchemaFrame.Read(bytes, context, hasPath: false, out var frame) is null && DataSchemaOf(frame.Key) is { } dataSchema) context.Headers.Add(dataSchema);
        return bytes;
    }

    public async ValueTask<T> DeserializeAsync(ReadOnlyMemory<byte> data, EventSerializationContext context, CancellationToken cancellationToken)
    {
        if (SchemaFrame.Read(data, context, hasPath: false, out var frame) is { } wrong) throw Unreadable(context, null, wrong, null);

        try
        {
            var schema = _schemas.TryGet(frame.Key, out var known) ? known : await FindAsync(frame.Key, cancellationToken).ConfigureAwait(false);
            Walk(schema, frame.Body.Span);

            var headers = new Headers();
            if (context.TryGetHeader(SchemaFrame.HeaderOf(context.Component), out var id)) headers.Add(SchemaFrame.HeaderOf(context.Component), id.ToArray());
            return await _deserializer.DeserializeAsync(data, isNull: false, Context(context, headers)).WaitAsync(settings.Registry.Options.TimeBudget, settings.Registry.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or EventSerializerUnavailableException) && !IsOfCaller(exception, cancellationToken))
        {
            if (exception is not (AvroValueException or AvroSchemaException)) ThrowIfOutage(exception, $"the schema {frame.Key}");
            throw Unreadable(context, frame.Key, exception.Message, exception);
        }
    }

    /// <summary>Almost always that of the event before.</summary>
    private EventHeader? DataSchemaOf(SchemaKey key)
    {
        if (_dataSchema is { } last && last.Key == key) return last.Header;

        _dataSchema = new KnownDataSchema(key, DataSchema.Of(settings.Registry.UriOf(key, "")));
        return _dataSchema.Header;
    }

    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "UseAvro says so.")]
    private static SchemaDefinition? DefinitionOf(Type type) =>
        VendorTypes.SchemaOf(type) is { } schema ? new SchemaDefinition(SchemaFormat.Avro, schema.ToString()) { Name = schema.Fullname } : null;

    private static AvroSerializerConfig SerializerConfig(SchemaSettings settings, AvroOptions options)
    {
        var use = settings.Use;
        var config = new AvroSerializerConfig
        {
            // The vendor refuses to have two ways at once.
            AutoRegisterSchemas = use is { AutoRegister: true, Latest: false, Id: null, LatestWithMetadata: null },
            NormalizeSchemas = use.Normalize,
            UseLatestVersion = use is { Latest: true, Id: null, LatestWithMetadata: null },
            SubjectNameStrategy = (options.SubjectNaming ?? settings.Registry.Options.SubjectNaming) switch
            {
                SubjectNaming.Record => SubjectNameStrategy.Record,
                SubjectNaming.TopicRecord => SubjectNameStrategy.TopicRecord,
                _ => SubjectNameStrategy.Topic,
            },
            SchemaIdStrategy = settings.Location is SchemaIdLocation.Header ? SchemaIdSerializerStrategy.Header : SchemaIdSerializerStrategy.Prefix,
        };
        if (use.Id is { } id) config.UseSchemaId = id;
        if (use.LatestWithMetadata is { } metadata) config.UseLatestWithMetadata = metadata.ToDictionary();
        return config;
    }

    private async Task<AvroSchema> FindAsync(SchemaKey key, CancellationToken cancellationToken)
    {
        var found = await settings.Registry.GetAsync(key, cancellationToken).ConfigureAwait(false);
        if (found.Format is not SchemaFormat.Avro) throw new AvroSchemaException($"the schema is {found.Format}, and {SchemaFormat.Avro} is what is read here.");

        return _schemas.GetOrAdd(key, static (_, schema) => AvroCodec.Parse(schema), found);
    }

    private void Walk(AvroSchema schema, ReadOnlySpan<byte> body)
    {
        var reader = _pool.Rent() ?? new AvroReader();
        reader.Load(body);
        try
        {
            AvroSkipper.Skip(reader, schema);
            reader.EnsureEnd();
        }
        catch (AvroFormatException exception)
        {
            throw new AvroValueException(PathFinder.Find(schema, body.ToArray(), exception.IsBefore ? body.Length : reader.Position, exception.IsBefore), exception.Message);
        }
        finally
        {
            reader.Clear();
            _pool.Return(reader);
        }
    }

    /// <summary>The vendor's client has times of its own, up to 100 seconds, and for a connection: what they cancel nobody has asked for.</summary>
    private static bool IsOfCaller(Exception exception, CancellationToken cancellationToken) => exception is OperationCanceledException && cancellationToken.IsCancellationRequested;

    private void ThrowIfOutage(Exception exception, string wanted)
    {
        if (exception is not (RegistryRequestException or HttpRequestException or SchemaRegistryException or TimeoutException or OperationCanceledException)) return;

        var sorted = RegistryErrors.Of(settings.Registry.Name, wanted, exception);
        if (sorted.IsOutage) throw new EventSerializerUnavailableException(sorted.Message, sorted);
    }

    private static SerializationContext Context(EventSerializationContext context, Headers headers) =>
        new(context.Component is EventComponent.Key ? MessageComponentType.Key : MessageComponentType.Value, context.Topic, headers);

    private static EventSerializationException Unreadable(EventSerializationContext context, SchemaKey? key, string reason, Exception? exception)
    {
        var schema = key is { } known ? $", schema {known}" : "";
        return new EventSerializationException($"The {WriteRefusal.NameOf(context.Component)} of a record of topic '{context.Topic}' is no {typeof(T)}{schema}: {reason}", typeof(T), exception);
    }

    private sealed record KnownDataSchema(SchemaKey Key, EventHeader? Header);
}

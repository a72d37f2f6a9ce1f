using System.Collections.Concurrent;

namespace EventDriven.SchemaRegistry;

/// <summary>
/// Events of one type, framed with the schema by which they were written. Synchronous, without a lock, once a schema is known; the registry is asked for the others.
/// </summary>
internal sealed partial class SchemaSerializer<T>(SchemaCodec<T> codec, SchemaSettings settings) : IEventSerializer<T>, IEventSerializerCheck, IEventSchema
{
    private readonly SchemaRegistryAccess _registry = settings.Registry;
    private readonly ConcurrentDictionary<(string Topic, EventComponent Component), WriteTarget<T>> _targets = new();
    private WriteTarget<T>? _lastTarget;

    public string? ContentType => codec.ContentType;

    public ValueTask<byte[]> SerializeAsync(T value, EventSerializationContext context, CancellationToken cancellationToken)
    {
        var target = TargetOf(context.Topic, context.Component);
        return target.Current(_registry.Time) is { } binding
            ? new ValueTask<byte[]>(Write(value, binding, context))
            : BindAndWriteAsync(value, target, context, cancellationToken);
    }

    /// <inheritdoc/>
    public EventSchema Describe(string topic, EventComponent component) => codec.Schema.Describe(settings.SubjectOf(topic, component, codec.Schema.Name));

    /// <inheritdoc/>
    public async ValueTask<string?> CheckAsync(string topic, EventComponent component, CancellationToken cancellationToken)
    {
        try
        {
            await BindAsync(TargetOf(topic, component), component, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (EventSerializationException refused)
        {
            return await WriteRefusal.ExplainAsync(refused, settings, codec.Schema, topic, component, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is NotSupportedException or EventSerializerUnavailableException)
        {
            return problem.Message;
        }
    }

    private async ValueTask<byte[]> BindAndWriteAsync(T value, WriteTarget<T> target, EventSerializationContext context, CancellationToken cancellationToken) =>
        Write(value, await BindAsync(target, context.Component, cancellationToken).ConfigureAwait(false), context);

    private static byte[] Write(T value, WriteBinding<T> binding, EventSerializationContext context)
    {
        byte[] bytes;
        try
        {
            bytes = binding.Writer.Write(value, binding.Prefix);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or EventSerializationException))
        {
            throw WriteRefusal.Of(typeof(T), context.Topic, context.Component, exception.Message, exception);
        }

        if (binding.IdHeader is { } id) context.Headers.Add(id);
        if (DataSchema.IsWanted(context) && binding.DataSchema is { } dataSchema) context.Headers.Add(dataSchema);
        return bytes;
    }

    private WriteTarget<T> TargetOf(string topic, EventComponent component)
    {
        // Almost always the one of the call before: a producer has one topic.
        if (_lastTarget is { } last && ReferenceEquals(last.Topic, topic)) return last;

        if (!_targets.TryGetValue((topic, component), out var target))
        {
            target = _targets.GetOrAdd((topic, component), new WriteTarget<T>(topic, settings.SubjectOf(topic, component, codec.Schema.Name)));
        }

        return _lastTarget = target;
    }

    private async ValueTask<WriteBinding<T>> BindAsync(WriteTarget<T> target, EventComponent component, CancellationToken cancellationToken)
    {
        try
        {
            var found = await _registry.FindAsync(target.Subject, codec.Schema, settings.Use, cancellationToken).ConfigureAwait(false);
            var binding = Bind(found, target.Subject, component);
            target.Bind(binding, _registry.Time, settings.Use.Changes ? _registry.Options.LatestTtl : null);
            return binding;
        }
        catch (RegistryRequestException failure) when (failure.IsOutage)
        {
            // What was the latest until now is better than nothing.
            if (target.Last is not { } last) throw new EventSerializerUnavailableException(failure.Message, failure);

            target.Bind(last, _registry.Time, _registry.Options.UnknownTtl);
            return last;
        }
        catch (Exception failure) when (failure is RegistryRequestException or NotSupportedException)
        {
            var refused = WriteRefusal.Of(typeof(T), target.Topic, component, WriteRefusal.Reason(failure, settings.Use), failure);
            target.Refuse(refused, _registry.Time, _registry.Options.UnknownTtl);
            throw refused;
        }
    }

    private WriteBinding<T> Bind(FoundSchema found, string subject, EventComponent component)
    {
        settings.EnsureCanBeNamed(found.Schema);
        var inHeader = settings.Location is SchemaIdLocation.Header;
        if (found.Schema.Rules.OnWrite is { } rule) throw new NotSupportedException($"The schema (id {found.Schema.Id}) has {rule}");

        var writer = codec.CreateWriter(found);
        var path = writer.Path.Span;
        return new WriteBinding<T>
        {
            Writer = writer,
            Prefix = inHeader ? [] : SchemaFrame.Prefix(found.Schema.Id, path),
            IdHeader = inHeader ? new EventHeader(SchemaFrame.HeaderOf(component), SchemaFrame.Prefix(found.Schema.Guid!.Value, path)) : null,
            DataSchema = DataSchema.Of(_registry.UriOf(new SchemaKey(found.Schema.Id), subject)),
        };
    }
}

using System.Text;
using EventDriven.Kafka.Serialization;

namespace EventDriven.Kafka.Pipeline;

/// <summary>
/// Finds the type of each event, for a consumer of several or where others are expected: the custom resolver, else the name of its schema, else the header
/// <c>ce_type</c>. What is dropped on purpose ends here.
/// </summary>
internal sealed class EventRouter
{
    private readonly string _consumer;
    private readonly Func<EventContext, Type?>? _resolver;
    private readonly EventRoute[] _routes;
    private readonly EventRoute? _untypedTombstones;
    private readonly (byte[] Name, EventRoute Route)[] _names;
    private readonly IEventTypeReader? _types;
    private readonly Dictionary<string, EventRoute> _schemas = new(StringComparer.Ordinal);
    private readonly (byte[] Name, string Reason)[] _filtered;
    private readonly bool _filtersAll;

    public EventRouter(string consumer, EventRoute[] routes, PipelineBlueprint blueprint, IEventTypeReader? types = null)
    {
        _consumer = consumer;
        _resolver = blueprint.TypeResolver;
        _routes = routes;
        _untypedTombstones = routes.Where(static route => route.HandlesTombstones).ToArray() is [var only] ? only : null;
        _names =
        [
            .. routes.Select(route => (Encoding.UTF8.GetBytes(route.EventType.FullName!), route)),
            .. blueprint.EventTypeNames.Select(name => (Encoding.UTF8.GetBytes(name.Key), routes.Single(route => route.EventType == name.Value))),
        ];
        _filtered = [.. blueprint.FilteredTypes.Select(static name => (Encoding.UTF8.GetBytes(name), $"event type {name}"))];
        _filtersAll = blueprint.FiltersAllUnknown;
        _types = types;
        if (types is null) return;

        foreach (var (name, type) in blueprint.EventTypeNames) _schemas[name] = routes.Single(route => route.EventType == type);
        foreach (var route in routes)
        {
            if (route.SchemaName(types) is { } name) _schemas.TryAdd(name, route);
        }
    }

    public ValueTask InvokeAsync(EventContext context)
    {
        var type = Resolve(context);
        if (context.IsFiltered)
        {
            return default;
        }

        if (type is not null)
        {
            return GoOnAsync(context, RouteOf(type) ?? FilterOrThrow(context, Encoding.UTF8.GetBytes(type.FullName ?? type.Name), "The resolver returned"));
        }

        if (_types is null || context.RawValue is not { } value)
        {
            return GoOnAsync(context, Find(context, null));
        }

        var reading = _types.ReadTypeAsync(context.Data ?? value, new EventSerializationContext(context, EventComponent.Value), context.CancellationToken);
        return reading.IsCompletedSuccessfully ? GoOnAsync(context, Find(context, reading.Result)) : AwaitNameAsync(context, reading);
    }

    private async ValueTask AwaitNameAsync(EventContext context, ValueTask<string?> reading)
    {
        var schema = await reading.ConfigureAwait(false);
        await GoOnAsync(context, Find(context, schema)).ConfigureAwait(false);
    }

    /// <param name="context">The event.</param>
    /// <param name="route">Its route; null where it is filtered.</param>
    private static ValueTask GoOnAsync(EventContext context, EventRoute? route)
    {
        if (route is null)
        {
            return default;
        }

        context.Route = route;
        return route.InvokeAsync(context);
    }

    /// <param name="context">The event.</param>
    /// <param name="schema">The name of its schema; null where nothing tells it.</param>
    /// <returns>The route; null where the event is filtered.</returns>
    private EventRoute? Find(EventContext context, string? schema)
    {
        if (schema is not null && _schemas.TryGetValue(schema, out var known))
        {
            return known;
        }

        var name = CloudEventType(context);
        if (name.IsEmpty && schema is not null)
        {
            return FilterOrThrow(context, Encoding.UTF8.GetBytes(schema), "Its schema is");
        }

        if (name.IsEmpty)
        {
            return context.RawValue is null && _untypedTombstones is not null ? _untypedTombstones : throw Unknown(context, null, "");
        }

        // A handful of names, compared as bytes: no string, no hash.
        foreach (var candidate in _names)
        {
            if (name.SequenceEqual(candidate.Name))
            {
                return candidate.Route;
            }
        }

        return schema is not null && TryFilter(context, Encoding.UTF8.GetBytes(schema)) ? null : FilterOrThrow(context, name, $"Its header {CloudEventNames.Type} names");
    }

    private EventRoute? RouteOf(Type type) => Array.Find(_routes, route => route.EventType == type);

    private Type? Resolve(EventContext context)
    {
        if (_resolver is null)
        {
            return null;
        }

        try
        {
            return _resolver(context);
        }
        catch (Exception exception) when (IsOfTheResolver(exception, context))
        {
            throw new EventTypeResolutionException(
                $"Consumer '{_consumer}': its ResolveType threw {exception.GetType().Name} for {PipelineSteps.Coordinates(context)}: {exception.Message}", exception);
        }
    }

    /// <summary>What has a meaning of its own to the failure policy goes on as it is.</summary>
    private static bool IsOfTheResolver(Exception exception, EventContext context) =>
        exception is not (EventDrivenException or OutOfMemoryException) && !(exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested);

    /// <summary>The type that the headers name; empty where they name none. Headers of another version, or that contradict each other, are an error.</summary>
    private ReadOnlySpan<byte> CloudEventType(EventContext context)
    {
        ReadOnlySpan<byte> type = default;
        var headers = new RecordHeaders(context);
        for (var i = 0; i < headers.Count; i++)
        {
            var name = headers.NameAt(i);
            var value = headers.ValueAt(i);
            if (value.IsEmpty)
            {
                continue;
            }

            if (name is CloudEventNames.Type)
            {
                type = type.IsEmpty || type.SequenceEqual(value) ? value : throw Invalid(context, $"its header {name} is there more than once, with different values");
            }
            else if (name is CloudEventNames.SpecVersion && !value.SequenceEqual("1.0"u8))
            {
                throw Invalid(context, $"its header {name} says '{Bounded(value)}', and CloudEvents {CloudEventNames.Version} is what is read");
            }
        }

        return type;
    }

    /// <summary>Drops an event whose type is to be dropped by its name.</summary>
    private bool TryFilter(EventContext context, ReadOnlySpan<byte> name)
    {
        foreach (var filtered in _filtered)
        {
            if (name.SequenceEqual(filtered.Name))
            {
                context.Filter(filtered.Reason);
                return true;
            }
        }

        return false;
    }

    private EventRoute? FilterOrThrow(EventContext context, ReadOnlySpan<byte> name, string source)
    {
        if (TryFilter(context, name)) return null;

        if (!_filtersAll)
        {
            throw Unknown(context, Bounded(name), source);
        }

        context.Filter("unknown event type");
        return null;
    }

    /// <summary>A name as text; what is no text or too long to be a name is not repeated as it is.</summary>
    private static string Bounded(ReadOnlySpan<byte> name)
    {
        const int Longest = 256;
        return string.Concat(Encoding.UTF8.GetString(name[..Math.Min(name.Length, Longest)]).Select(character => char.IsControl(character) ? '?' : character));
    }

    private InvalidCloudEventException Invalid(EventContext context, string what) => new(
        $"Consumer '{_consumer}': {PipelineSteps.Coordinates(context)} does not say clearly what type it is: {what}. "
        + "Mend its producer, choose types with ResolveType(…), or filter the event in a middleware.");

    private UnknownEventTypeException Unknown(EventContext context, string? typeName, string source)
    {
        var found = typeName is null
            ? $"does not say what type it is: it has no header {CloudEventNames.Type}{OtherCase(context)}"
            : "is of a type that no handler is for";
        var named = typeName is null ? "" : $" {source} '{typeName}'.";
        var tombstone = context.RawValue is null ? " It is a tombstone: to drop tombstones on purpose, filter them in a middleware, if (context.Value is null) context.Filter(\"tombstone\")." : "";
        var filter = typeName is null ? "" : "drop it by its name with FilterUnknown(name), ";
        return new UnknownEventTypeException(
            $"Consumer '{_consumer}': {PipelineSteps.Coordinates(context)} {found}.{named}{tombstone} "
            + $"Handled are {string.Join(", ", _routes.Select(route => route.EventType.FullName))}. "
            + $"Add a handler, give the type its name with EventType<T>(name), choose types with ResolveType(…), {filter}or filter the event in a middleware.",
            typeName);
    }

    /// <summary>A hint where the name is there in another letter case, for names of headers are compared exactly.</summary>
    private static string OtherCase(EventContext context)
    {
        var headers = new RecordHeaders(context);
        for (var i = 0; i < headers.Count; i++)
        {
            var name = headers.NameAt(i);
            if (name is not CloudEventNames.Type && name.Equals(CloudEventNames.Type, StringComparison.OrdinalIgnoreCase))
            {
                return $" (it has '{name}', but the names of headers are case-sensitive)";
            }
        }

        return "";
    }
}

using System.Text;

namespace EventDriven.Kafka.Pipeline;

/// <summary>Finds the type of each event, for a consumer of several: the custom resolver, else the header <c>ce_type</c>.</summary>
internal sealed class EventRouter
{
    private const string TypeHeader = "ce_type";
    private readonly string _consumer;
    private readonly Func<EventContext, Type?>? _resolver;
    private readonly EventRoute[] _routes;
    private readonly (byte[] Name, EventRoute Route)[] _names;

    public EventRouter(string consumer, Func<EventContext, Type?>? resolver, EventRoute[] routes, IEnumerable<KeyValuePair<string, Type>> names)
    {
        _consumer = consumer;
        _resolver = resolver;
        _routes = routes;
        _names =
        [
            .. routes.Select(route => (Encoding.UTF8.GetBytes(route.EventType.FullName!), route)),
            .. names.Select(name => (Encoding.UTF8.GetBytes(name.Key), routes.Single(route => route.EventType == name.Value))),
        ];
    }

    public ValueTask InvokeAsync(EventContext context) => Find(context).InvokeAsync(context);

    private EventRoute Find(EventContext context)
    {
        if (_resolver?.Invoke(context) is { } type)
        {
            foreach (var route in _routes)
            {
                if (route.EventType == type)
                {
                    return route;
                }
            }

            throw Unknown(context, type.FullName, "The resolver returned");
        }

        if (!ConsumerContextHost.TryGetHeader(context, TypeHeader, out var name) || name.IsEmpty)
        {
            throw Unknown(context, null, "");
        }

        // A handful of names, compared as bytes: no string, no hash.
        foreach (var candidate in _names)
        {
            if (name.SequenceEqual(candidate.Name))
            {
                return candidate.Route;
            }
        }

        throw Unknown(context, Bounded(name), $"Its header {TypeHeader} names");
    }

    /// <summary>A name as text; what is no text or too long to be a name is not repeated as it is.</summary>
    private static string Bounded(ReadOnlySpan<byte> name)
    {
        const int Longest = 256;
        return string.Concat(Encoding.UTF8.GetString(name[..Math.Min(name.Length, Longest)]).Select(character => char.IsControl(character) ? '?' : character));
    }

    private UnknownEventTypeException Unknown(EventContext context, string? typeName, string source)
    {
        var found = typeName is null
            ? $"does not say what type it is: it has no header {TypeHeader}"
            : "is of a type that no handler is for";
        var named = typeName is null ? "" : $" {source} '{typeName}'.";
        var tombstone = context.RawValue is null ? " It is a tombstone: to drop tombstones on purpose, filter them in a middleware, if (context.Value is null) context.Filter(\"tombstone\")." : "";
        return new UnknownEventTypeException(
            $"Consumer '{_consumer}': {PipelineSteps.Coordinates(context)} {found}.{named}{tombstone} "
            + $"Handled are {string.Join(", ", _routes.Select(route => route.EventType.FullName))}. "
            + "Add a handler, give the type its name with EventType<T>(name), choose types with ResolveType(…), or filter the event in a middleware.",
            typeName);
    }
}

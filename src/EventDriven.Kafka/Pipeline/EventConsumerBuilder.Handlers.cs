using System.Diagnostics.CodeAnalysis;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka;

public sealed partial class EventConsumerBuilder
{
    /// <summary>Handles the events of a type by a class. A consumer has one handler for each type; with several types, records say theirs (see <see cref="EventType{T}"/>).</summary>
    /// <typeparam name="T">The type of the event.</typeparam>
    /// <typeparam name="THandler">
    /// The handler. It is resolved with the lifetime it has in dependency injection; unless the application registers it, it is scoped, one scope for each attempt.
    /// A singleton is resolved once, at start, and then must be thread-safe.
    /// </typeparam>
    /// <returns>This builder, so that calls can be chained.</returns>
    public EventConsumerBuilder Handle<T, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>()
        where THandler : class, IEventHandler<T>
    {
        Pipeline.Handlers.Add(new HandlerDescriptor<T>(services => services.IsSingleton(typeof(THandler))
            ? services.Of<THandler>()(null!)
            : new ResolvedHandler<T, THandler>(services.Of<THandler>()))
        {
            HandlerType = typeof(THandler),
        });
        return this;
    }

    /// <summary>
    /// Names an event type as its producers do in the header <c>ce_type</c>, for a consumer of several types. The full name of the type is always understood;
    /// give it a name of its own to be free of namespaces and languages. A type may have several names, a name belongs to one type.
    /// </summary>
    /// <typeparam name="T">The type of the event; one that this consumer handles.</typeparam>
    /// <param name="name">The name, compared exactly.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or blank.</exception>
    public EventConsumerBuilder EventType<T>(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Pipeline.EventTypeNames.Add(new(name, typeof(T)));
        return this;
    }

    /// <summary>Finds the type of each event in a way of one's own, for a consumer of several types. Said again, it replaces what was said before.</summary>
    /// <param name="resolver">
    /// Gets the context of the event after the middleware; returns one of the handled types, or null to go by the header <c>ce_type</c>. Thread-safe.
    /// Another type is an error of the event that is not tried again (an <see cref="UnknownEventTypeException"/>), unless its full name is filtered. It may drop the event
    /// by <see cref="EventContext.Filter"/>. An exception is a failure like one of the handler, as an <see cref="EventTypeResolutionException"/>.
    /// </param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="resolver"/> is null.</exception>
    public EventConsumerBuilder ResolveType(Func<EventContext, Type?> resolver)
    {
        ArgumentNullException.ThrowIfNull(resolver);
        Pipeline.TypeResolver = resolver;
        return this;
    }

    /// <summary>
    /// Drops the events of types that this consumer has no handler for, by name: they are committed as filtered, and logged at debug level. Any other unknown type stays a failure.
    /// A consumer of one type then looks at the type too.
    /// </summary>
    /// <param name="names">The names, as the header <c>ce_type</c> (or the full name of the type that <see cref="ResolveType"/> returns) has them, compared exactly. Several calls add up.</param>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <exception cref="ArgumentException">There is no name, or one is null or blank.</exception>
    public EventConsumerBuilder FilterUnknown(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Length == 0)
        {
            throw new ArgumentException("Name at least one type. For every type without a handler, use FilterAllUnknown.", nameof(names));
        }

        foreach (var name in names)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(names));
            Pipeline.FilteredTypes.Add(name);
        }

        return this;
    }

    /// <summary>
    /// Drops every event that names a type without a handler: it is committed as filtered, and logged at debug level. An event that does not say its type, or contradicts
    /// itself, stays a failure, for it might be one of the handled ones. A consumer of one type then looks at the type too.
    /// </summary>
    /// <returns>This builder, so that calls can be chained.</returns>
    /// <remarks>A handled type whose producers change its name is dropped too, without a word. Where that may happen, use <see cref="FilterUnknown"/>.</remarks>
    public EventConsumerBuilder FilterAllUnknown()
    {
        Pipeline.FiltersAllUnknown = true;
        return this;
    }

    private EventConsumerBuilder Handle<T>(
        Delegate handler, Type[] injected, Func<ServiceLookup, Func<T, EventContext, CancellationToken, ValueTask>> create)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Pipeline.Handlers.Add(new HandlerDescriptor<T>(services => new DelegateHandler<T>(create(services))) { InjectedServices = injected });
        return this;
    }
}

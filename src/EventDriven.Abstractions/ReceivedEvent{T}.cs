using System.Diagnostics.CodeAnalysis;

namespace EventDriven;

/// <summary>One event of a batch, with its context.</summary>
/// <typeparam name="T">The type of the event.</typeparam>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "A received event is looked at, not compared.")]
public readonly struct ReceivedEvent<T>
{
    /// <summary>Puts an event and its context together; for tests of handlers.</summary>
    /// <param name="event">The event.</param>
    /// <param name="context">Its context.</param>
    /// <exception cref="ArgumentNullException"><paramref name="event"/> or <paramref name="context"/> is null.</exception>
    public ReceivedEvent(T @event, EventContext context)
    {
        ArgumentNullException.ThrowIfNull(@event);
        ArgumentNullException.ThrowIfNull(context);
        Event = @event;
        Context = context;
    }

    /// <summary>The event.</summary>
    public T Event { get; }

    /// <summary>
    /// Where the event comes from, its key, its headers, and what middleware has left for the handler. Valid only until the handler returns.
    /// <see cref="EventContext.Filter"/> drops this event only; <see cref="EventContext.Services"/> are those of the whole attempt.
    /// </summary>
    public EventContext Context { get; }

    /// <summary>Takes the two apart: <c>foreach (var (order, context) in batch)</c>.</summary>
    /// <param name="event">The event.</param>
    /// <param name="context">Its context.</param>
    public void Deconstruct(out T @event, out EventContext context)
    {
        @event = Event;
        context = Context;
    }
}

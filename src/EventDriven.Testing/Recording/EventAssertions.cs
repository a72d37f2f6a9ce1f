using System.Runtime.CompilerServices;

namespace EventDriven.Testing;

/// <summary>
/// Says what a test expects of recorded events, whatever test framework it is written for. What is not so throws an <see cref="EventAssertionException"/>
/// that lists what was there. Give the type of the event with the parameter: <c>events.ExpectOne((OrderPlaced order) =&gt; order.OrderId == "A-1")</c>.
/// </summary>
public static class EventAssertions
{
    /// <summary>Expects exactly one event of a type that matches.</summary>
    /// <typeparam name="TEvent">How the events were recorded.</typeparam>
    /// <typeparam name="T">The type of the event; records of other types do not count.</typeparam>
    /// <param name="events">The events.</param>
    /// <param name="match">Which one.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The event, for a look at its key, headers or outcome.</returns>
    /// <exception cref="EventAssertionException">There is none, or more than one.</exception>
    public static TEvent ExpectOne<TEvent, T>(
        this IEnumerable<TEvent> events, Func<T, bool> match, [CallerArgumentExpression(nameof(match))] string? expression = null)
        where TEvent : RecordedEvent
    {
        var all = Listed(events, match);
        var found = Matching(all, match);
        return found is [var one] ? one : throw Unexpected($"one {typeof(T).Name}, {expression}", found.Count, all);
    }

    /// <summary>Expects no event of a type that matches.</summary>
    /// <typeparam name="TEvent">How the events were recorded.</typeparam>
    /// <typeparam name="T">The type of the event; records of other types do not count.</typeparam>
    /// <param name="events">The events.</param>
    /// <param name="match">Which.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <exception cref="EventAssertionException">There is one.</exception>
    public static void ExpectNone<TEvent, T>(
        this IEnumerable<TEvent> events, Func<T, bool> match, [CallerArgumentExpression(nameof(match))] string? expression = null)
        where TEvent : RecordedEvent
    {
        var all = Listed(events, match);
        var found = Matching(all, match);
        if (found.Count > 0) throw Unexpected($"no {typeof(T).Name}, {expression}", found.Count, all);
    }

    /// <summary>
    /// Expects that a consumer took the events of each key of each partition in the order of the topic, each only after the one before had come to its end.
    /// Repeats after a rebalance are allowed as the library makes them: back to an earlier event, and from there on every one again.
    /// </summary>
    /// <param name="events">What one consumer has consumed, complete. Events without key have no order.</param>
    /// <exception cref="EventAssertionException">Events of a key ran in another order, or at once.</exception>
    public static void ExpectKeyOrder(this IEnumerable<ConsumedEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        foreach (var ofKey in ByKey(events))
        {
            var started = ofKey.OrderBy(static one => one.StartedAt).ToList();
            var offsets = started.Select(static one => one.Offset).Distinct().Order().ToList();
            for (var i = 0; i < started.Count; i++)
            {
                var before = i == 0 ? -1 : offsets.IndexOf(started[i - 1].Offset);
                if (offsets.IndexOf(started[i].Offset) > before + 1)
                    throw Disordered($"offset {started[i].Offset} started before offset {offsets[before + 1]}", started);

                if (i > 0 && started[i].StartedAt < started[i - 1].EndedAt)
                    throw Disordered($"offset {started[i].Offset} started while offset {started[i - 1].Offset} was running", started);
            }
        }
    }

    /// <summary>
    /// Expects that a value in the events never falls within a key: a version or a step, say. On the events of a topic it shows in what order they were
    /// produced; on those of a consumer, in what order their handling ended.
    /// </summary>
    /// <typeparam name="TEvent">How the events were recorded.</typeparam>
    /// <typeparam name="T">The type of the event; records of other types do not count.</typeparam>
    /// <typeparam name="TValue">The type of the value.</typeparam>
    /// <param name="events">The events, in the order in which they were recorded.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="EventAssertionException">The value falls from one event of a key to the next.</exception>
    public static void ExpectKeyOrder<TEvent, T, TValue>(this IEnumerable<TEvent> events, Func<T, TValue> value)
        where TEvent : RecordedEvent
        where TValue : IComparable<TValue>
    {
        foreach (var ofKey in ByKey(Listed(events, value)))
        {
            (bool Is, TValue Value) last = default;
            foreach (var recorded in ofKey)
            {
                if (!recorded.TryGetEvent<T>(out var @event)) continue;

                var next = value(@event);
                if (last.Is && next.CompareTo(last.Value) < 0) throw Disordered($"{next} comes after {last.Value}", ofKey);

                last = (true, next);
            }
        }
    }

    internal static string Describe(IReadOnlyCollection<RecordedEvent> events)
    {
        const int Shown = 50;
        if (events.Count == 0) return " There were no events at all.";

        var lines = string.Concat(events.Take(Shown).Select(static one => $"{Environment.NewLine}  {one}"));
        var rest = events.Count > Shown ? $"{Environment.NewLine}  … and {events.Count - Shown} more" : "";
        return $" There {(events.Count == 1 ? "was 1 event" : $"were {events.Count} events")}:{lines}{rest}";
    }

    private static List<TEvent> Listed<TEvent>(IEnumerable<TEvent> events, Delegate argument)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(argument);
        return [.. events];
    }

    private static List<TEvent> Matching<TEvent, T>(List<TEvent> events, Func<T, bool> match)
        where TEvent : RecordedEvent => events.FindAll(one => one.TryGetEvent<T>(out var @event) && match(@event));

    private static IEnumerable<List<TEvent>> ByKey<TEvent>(IEnumerable<TEvent> events)
        where TEvent : RecordedEvent => events
        .Where(static one => one.RawKey is not null)
        .GroupBy(static one => (one.Topic, one.Partition, Convert.ToHexString(one.RawKey!)))
        .Select(static group => group.ToList());

    private static EventAssertionException Unexpected<TEvent>(string expected, int found, List<TEvent> all)
        where TEvent : RecordedEvent => new($"Expected {expected}; found {(found == 0 ? "none" : found)}.{Describe(all)}");

    private static EventAssertionException Disordered<TEvent>(string what, List<TEvent> ofKey)
        where TEvent : RecordedEvent => new($"Expected the events of key '{ofKey[0].KeyText}' in order, but {what}.{Describe(ofKey)}");
}

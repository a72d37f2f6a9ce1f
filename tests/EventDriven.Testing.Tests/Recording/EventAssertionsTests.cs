using System.Text;
using EventDriven.Kafka.Consuming;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Testing.Tests.Recording;

/// <summary>What assertions accept, and what they say.</summary>
public sealed class EventAssertionsTests
{
    private readonly EventDecoder _decoder = new(new ServiceCollection().BuildServiceProvider());

    [Fact]
    public void One_that_is_not_there_is_told_with_all_that_are()
    {
        ConsumedEvent[] events = [Event("A", 0, 1, 2), Event("B", 1, 3, 4, new InvalidDataException("broken"))];

        var error = Assert.Throws<EventAssertionException>(() => events.ExpectOne((OrderPlaced order) => order.OrderId == "C"));

        Assert.Equal(
            $"""
            Expected one OrderPlaced, (OrderPlaced order) => order.OrderId == "C"; found none. There were 2 events:
              orders[0] offset 0, key 'A', Handled after 1 attempt: {Json("A", 0)}
              orders[0] offset 1, key 'B', Failed after 1 attempt with InvalidDataException "broken": {Json("B", 1)}
            """.ReplaceLineEndings(),
            error.Message);
    }

    [Fact]
    public void More_than_one_is_not_one()
    {
        ConsumedEvent[] events = [Event("A", 0, 1, 2), Event("A", 0, 3, 4)];

        Assert.StartsWith("Expected one OrderPlaced, (OrderPlaced _) => true; found 2.", Assert.Throws<EventAssertionException>(() => events.ExpectOne((OrderPlaced _) => true)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Expected no OrderPlaced, (OrderPlaced _) => true; found 2.", Assert.Throws<EventAssertionException>(() => events.ExpectNone((OrderPlaced _) => true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_events_at_all_are_told() =>
        Assert.EndsWith("There were no events at all.", Assert.Throws<EventAssertionException>(() => Array.Empty<ConsumedEvent>().ExpectOne((OrderPlaced _) => true)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_long_list_is_cut()
    {
        var events = Enumerable.Range(0, 60).Select(offset => Event("A", offset, offset * 2, (offset * 2) + 1)).ToArray();

        Assert.EndsWith("… and 10 more", Assert.Throws<EventAssertionException>(() => events.ExpectNone((OrderPlaced _) => true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_of_a_key_one_after_the_other_are_in_order() =>
        new[] { Event("A", 0, 1, 2), Event("B", 1, 3, 8), Event("A", 2, 4, 5), Event("A", 7, 6, 7) }.ExpectKeyOrder();

    [Fact]
    public void Events_without_key_have_no_order() =>
        new[] { Event(null, 1, 1, 4), Event(null, 0, 2, 3) }.ExpectKeyOrder();

    [Fact]
    public void A_repeated_suffix_is_in_order() =>
        new[] { Event("A", 0, 1, 2), Event("A", 1, 3, 4), Event("A", 2, 5, 6), Event("A", 1, 7, 8), Event("A", 2, 9, 10), Event("A", 3, 11, 12) }.ExpectKeyOrder();

    [Fact]
    public void A_repeat_that_leaves_out_a_later_event_is_not() => AssertDisorder(
        "offset 3 started before offset 2",
        Event("A", 0, 1, 2), Event("A", 1, 3, 4), Event("A", 2, 5, 6), Event("A", 1, 7, 8), Event("A", 3, 9, 10));

    [Fact]
    public void An_event_that_started_before_an_earlier_one_of_its_key_is_told() =>
        AssertDisorder("offset 1 started before offset 0", Event("A", 1, 1, 2), Event("A", 0, 3, 4));

    [Fact]
    public void An_event_that_started_while_one_of_its_key_was_running_is_told() =>
        AssertDisorder("offset 1 started while offset 0 was running", Event("A", 0, 1, 3), Event("A", 1, 2, 4));

    [Fact]
    public void Keys_of_two_partitions_have_nothing_to_do_with_each_other() =>
        new[] { Event("A", 1, 1, 4), Event("A", 0, 2, 3, partition: 1) }.ExpectKeyOrder();

    [Fact]
    public void A_value_that_falls_within_a_key_is_told()
    {
        ConsumedEvent[] events = [Event("A", 5, 1, 2), Event("B", 3, 3, 4), Event("A", 4, 5, 6)];

        var error = Assert.Throws<EventAssertionException>(() => events.ExpectKeyOrder((OrderPlaced order) => order.Step));

        Assert.StartsWith("Expected the events of key 'A' in order, but 4 comes after 5. There were 2 events:", error.Message, StringComparison.Ordinal);
    }

    private static void AssertDisorder(string what, params ConsumedEvent[] events)
    {
        var error = Assert.Throws<EventAssertionException>(() => events.Reverse().ExpectKeyOrder());

        Assert.StartsWith($"Expected the events of key 'A' in order, but {what}.", error.Message, StringComparison.Ordinal);
    }

    /// <summary>An event of an order, whose step is its offset.</summary>
    private ConsumedEvent Event(string? key, long offset, long startedAt, long endedAt, Exception? error = null, int partition = 0)
    {
        var record = new ConsumedRecord
        {
            Topic = "orders",
            Partition = partition,
            Offset = offset,
            TimestampMs = 0,
            Key = key is null ? null : Encoding.UTF8.GetBytes(key),
            Value = Encoding.UTF8.GetBytes(Json(key, offset)),
        };
        var result = error is null ? ProcessingResult.Handled() : ProcessingResult.Stopped(1, error);
        return new ConsumedEvent(_decoder, "inventory", record, new EventHeaders(), null, result, startedAt, endedAt);
    }

    private static string Json(string? key, long step) => $$"""{"orderId":"{{key}}","step":{{step}}}""";
}

using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Consuming;

public class TopicSelectionTests
{
    [Theory]
    [InlineData("^orders", new[] { "orders", "orders.eu", "orders-us" })]
    [InlineData("^orders$", new[] { "orders" })]
    [InlineData("^orders\\.", new[] { "orders.eu" })]
    [InlineData("^.*orders", new[] { "my-orders", "orders", "orders-us", "orders.eu" })]
    [InlineData("^ORDERS", new string[0])]
    public void A_pattern_is_searched_from_the_start_of_the_name(string pattern, string[] matches)
    {
        var selected = new TopicSelection([pattern]).Expand(["orders", "orders.eu", "orders-us", "my-orders", "returns"], out _);

        Assert.Equal(matches.Order(StringComparer.Ordinal), selected);
    }

    [Theory]
    [InlineData("inventory--orders--retry-5s")]
    [InlineData("inventory--orders--parked")]
    [InlineData("inventory--orders--dlq")]
    [InlineData("__consumer_offsets")]
    [InlineData("__transaction_state")]
    public void Derived_and_internal_topics_never_match(string topic)
    {
        var selected = new TopicSelection(["^.*"]).Expand([topic], out var unmatched);

        Assert.Empty(selected);
        Assert.Equal(["^.*"], unmatched);
    }

    [Theory]
    [InlineData("orders--eu")]
    [InlineData("parked")]
    [InlineData("orders-dlq")]
    [InlineData("orders--dlq-archive")]
    [InlineData("_schemas")]
    public void Names_that_only_look_like_them_match(string topic) => Assert.Equal([topic], new TopicSelection(["^.*"]).Expand([topic], out _));

    [Fact]
    public void A_derived_topic_that_is_named_is_read() =>
        Assert.Equal(["inventory--orders--dlq"], new TopicSelection(["inventory--orders--dlq", "^returns"]).Expand([], out _));

    [Fact]
    public void Names_are_selected_whether_they_exist_or_not_and_patterns_that_match_nothing_are_told()
    {
        var selected = new TopicSelection(["audit", "^orders", "^returns"]).Expand(["orders"], out var unmatched);

        Assert.Equal(["audit", "orders"], selected);
        Assert.Equal(["^returns"], unmatched);
    }

    [Fact]
    public void A_pattern_that_would_take_another_engine_forever_takes_no_time()
    {
        var selection = new TopicSelection(["^(a+)+$"]);

        // 2^240 steps for an engine that backtracks.
        Assert.Empty(selection.Expand([new string('a', 240) + "!"], out _));
    }
}

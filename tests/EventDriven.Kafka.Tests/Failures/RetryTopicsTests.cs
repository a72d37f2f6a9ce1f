using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.Tests.Failures;

/// <summary>Which retry topics there are, and what their records say, whoever wrote them.</summary>
public class RetryTopicsTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly SkewedTime _time = new();
    private readonly RetryTopics _topics = Create("5s", "1m");
    private readonly RetryTopic _topic = new("inventory--orders--retry-1m", "orders", new RetryDelay(Minute), 1, IsOld: false);

    [Fact]
    public void Those_of_the_policy_and_those_left_from_earlier_ones_are_found_by_name()
    {
        var found = _topics.Find(
            Existing(
                "orders", "inventory--orders--retry-5s", "inventory--orders--retry-2m", "inventory--orders--retry-1s", "inventory--orders--retry-60s", "inventory--orders--retry-x",
                "inventory--orders--dlq", "inventory--orders--parked", "billing--orders--retry-5s", "inventory--orders2--retry-5s", "inventory--orders--audit--retry-5s"),
            ["orders"]);

        Assert.Equal(
            ["inventory--orders--retry-1s (-1, old)", "inventory--orders--retry-2m (1, old)", "inventory--orders--retry-5s (0)", "inventory--orders--retry-60s (1, old)"],
            found.Topics.Values.Select(static topic => $"{topic.Name} ({topic.Step}{(topic.IsOld ? ", old" : "")})").Order(StringComparer.Ordinal));
        Assert.Equal(["inventory--orders--retry-1m"], found.Missing);
        Assert.Equal(["inventory--orders--retry-5s"], found.WithoutOld().Topics.Keys);
        Assert.Empty(found.Refused);
    }

    [Fact]
    public void Those_of_several_sources_are_told_apart_also_where_they_are_named_by_hand()
    {
        var topics = new RetryTopics(new FailureTopics("inventory", static source => $"stock.{source}"), "inventory", Delays("5s"), ["retry-5s"]);

        var found = topics.Find(Existing("stock.a--b--retry-5s", "stock.a--retry-5s", "stock.a--retry-1s", "inventory--a--retry-5s"), ["a", "a--b"]);

        Assert.Equal(
            ["stock.a--b--retry-5s of a--b", "stock.a--retry-1s of a", "stock.a--retry-5s of a"],
            found.Topics.Values.Select(static topic => $"{topic.Name} of {topic.Source}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_source_found_by_pattern_that_gets_no_names_is_refused_and_the_others_are_not()
    {
        var found = _topics.Find(Existing("inventory--orders--retry-5s"), ["orders", "or--ders", new string('x', 240)]);

        Assert.Equal(["inventory--orders--retry-5s"], found.Topics.Keys);
        Assert.Equal(["or--ders", new string('x', 240)], found.Refused.Keys);
    }

    [Fact]
    public void What_was_found_once_is_known_as_such_when_it_has_gone()
    {
        _topics.Use(_topics.Find(Existing("inventory--orders--retry-5s"), ["orders"]));
        Assert.Equal(3, _topics.PartitionsOf("inventory--orders--retry-5s"));

        _topics.Use(_topics.Find(Existing("orders"), ["orders"]));

        Assert.NotNull(_topics.Get("inventory--orders--retry-5s"));
        Assert.Null(_topics.PartitionsOf("inventory--orders--retry-5s"));
        Assert.Null(_topics.Get("orders"));
    }

    [Fact]
    public void What_a_failed_event_was_written_with_is_read_again()
    {
        var origin = Read(
            ("original-topic", "orders"), ("original-partition", "7"), ("original-offset", "42"), ("original-timestamp", "1000"), ("group", "inventory"), ("attempts", "3"),
            ("step", "0"), ("redriven", "2"), ("due-at", DueIn(TimeSpan.FromSeconds(30))))!;

        Assert.Equal((new PartitionId("orders", 7), 42, 1000), (origin.Partition, origin.Offset, origin.TimestampMs));
        Assert.Equal(("orders", 3, 0, 2), (origin.Source, origin.Attempts, origin.Step, origin.Redriven));
        Assert.Equal(TimeSpan.FromSeconds(30), WaitOf(origin));
    }

    [Fact]
    public void What_others_wrote_is_an_event_of_the_retry_topic_at_the_step_of_its_delay()
    {
        var origin = Read()!;

        Assert.Equal((new PartitionId(_topic.Name, 2), 9, 77), (origin.Partition, origin.Offset, origin.TimestampMs));
        Assert.Equal(("orders", 0, 1, 0), (origin.Source, origin.Attempts, origin.Step, origin.Redriven));
        Assert.Null(origin.DueAt);

        // It keeps those coordinates on its way through the steps.
        var next = Read(("original-topic", "inventory--orders--retry-5s"), ("original-partition", "2"), ("original-offset", "9"))!;
        Assert.Equal((new PartitionId("inventory--orders--retry-5s", 2), 9), (next.Partition, next.Offset));
    }

    [Theory]
    [InlineData("payments", "0", "0")]
    [InlineData("orders", "-1", "0")]
    [InlineData("orders", "2147483648", "0")]
    [InlineData("orders", "0", "-1")]
    [InlineData("orders", "0", "9223372036854775808")]
    [InlineData("orders", "0", "1e3")]
    [InlineData("orders", "", "0")]
    [InlineData("", "0", "0")]
    public void Coordinates_that_can_not_be_are_ignored(string topic, string partition, string offset)
    {
        var origin = Read(("original-topic", topic), ("original-partition", partition), ("original-offset", offset))!;

        Assert.Equal((new PartitionId(_topic.Name, 2), 9), (origin.Partition, origin.Offset));
        Assert.Equal("orders", origin.Source);
    }

    [Fact]
    public void An_event_is_another_groups_only_where_its_header_says_so_clearly()
    {
        Assert.Null(Read(("group", "billing")));
        Assert.NotNull(Read(("group", "inventory")));
        Assert.NotNull(Read(("group", "")));
        Assert.NotNull(Read(("group", "billing"), ("group", "inventory")));
        Assert.NotNull(Read(("group", "billing"), ("group", "billing")));
        Assert.NotNull(ReadBytes(Bytes("group", [0xff, 0xfe])));
        Assert.NotNull(ReadBytes(Bytes("group", new byte[10_000_000])));
        Assert.NotNull(ReadBytes(Bytes("group", null)));
    }

    [Theory]
    [InlineData("99999999999999999999", 60)]
    [InlineData("9223372036854775807", 60)]
    [InlineData("253402300799999", 60)]
    [InlineData("tomorrow", 60)]
    [InlineData("", 60)]
    [InlineData("1.5", 60)]
    [InlineData("-1", 0)]
    [InlineData("-9223372036854775808", 0)]
    [InlineData("0", 0)]
    public void A_due_time_is_within_the_delay_of_its_step(string due, double seconds) =>
        Assert.Equal(seconds, WaitOf(Read(("due-at", due))!)!.Value.TotalSeconds);

    [Fact]
    public void A_due_time_that_is_there_twice_or_is_no_text_waits_for_the_delay_of_its_step()
    {
        Assert.Equal(Minute, WaitOf(Read(("due-at", "0"), ("due-at", "0"))!));
        Assert.Equal(Minute, WaitOf(ReadBytes(Bytes("due-at", [0xff, 0xfe]))!));
        Assert.Equal(Minute, WaitOf(ReadBytes(Bytes("due-at", new byte[10_000_000]))!));
        Assert.Equal(Minute, WaitOf(ReadBytes(Bytes("due-at", null))!));
    }

    [Fact]
    public void What_is_overdue_is_told_as_late_as_it_is()
    {
        Assert.Equal(-Minute, WaitOf(Read(("due-at", DueIn(-Minute)))!));
    }

    [Theory]
    [InlineData(-1, 60)]
    [InlineData(1, -3540)]
    public void A_clock_that_jumps_by_an_hour_neither_wedges_an_event_nor_skips_it(int hours, double seconds)
    {
        var due = DueIn(Minute);
        _time.Skew = TimeSpan.FromHours(hours);

        Assert.Equal(seconds, WaitOf(Read(("due-at", due))!)!.Value.TotalSeconds);
    }

    [Fact]
    public void Once_received_no_jump_of_the_clock_changes_when_an_event_is_due()
    {
        var origin = Read(("due-at", DueIn(Minute)))!;

        _time.Skew = TimeSpan.FromHours(1);
        Assert.Equal(Minute, WaitOf(origin));
        _time.Skew = TimeSpan.FromHours(-1);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(40), WaitOf(origin));
    }

    [Theory]
    [InlineData("-1", -1)]
    [InlineData("0", 0)]
    [InlineData("9", 9)]
    [InlineData("-2", 1)]
    [InlineData("9223372036854775807", 1)]
    [InlineData("x", 1)]
    public void A_step_that_can_not_be_is_that_of_the_topic(string step, int expected) => Assert.Equal(expected, Read(("step", step))!.Step);

    [Theory]
    [InlineData("-5", 0)]
    [InlineData("9223372036854775807", 1_000_000)]
    [InlineData("x", 0)]
    public void A_number_of_attempts_is_bounded(string attempts, int expected) => Assert.Equal(expected, Read(("attempts", attempts))!.Attempts);

    private static RetryTopics Create(params string[] delays) =>
        new(new FailureTopics("inventory"), "inventory", Delays(delays), [.. delays.Select(static delay => $"retry-{delay}")]);

    private static RetryDelay[] Delays(params string[] delays) => Array.ConvertAll(delays, static text => RetryDelay.TryParse(text, out var delay) ? delay : throw new ArgumentException(text));

    private static Dictionary<string, int> Existing(params string[] topics) => topics.ToDictionary(static topic => topic, static _ => 3);

    private static (string, byte[]?) Bytes(string name, byte[]? value) => (name, value);

    private string DueIn(TimeSpan wait) => (_time.GetUtcNow() + wait).ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private TimeSpan? WaitOf(EventOrigin origin) => origin.DueAt is { } due ? _time.GetElapsedTime(_time.GetTimestamp(), due) : null;

    private EventOrigin? Read(params (string Name, string Value)[] headers) =>
        ReadBytes(Array.ConvertAll(headers, static header => ((string, byte[]?))(header.Name, Encoding.UTF8.GetBytes(header.Value))));

    private EventOrigin? ReadBytes(params (string Name, byte[]? Value)[] headers)
    {
        var all = new Headers { { "own", [1] } };
        foreach (var (name, value) in headers) all.Add($"eventdriven-{name}", value);
        return _topics.Read(new ConsumedRecord { Topic = _topic.Name, Partition = 2, Offset = 9, TimestampMs = 77, Headers = all }, _topic, _time);
    }
}

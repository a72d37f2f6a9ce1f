using EventDriven.Kafka.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Failures;

/// <summary>Policies that can't work, and what a user reads about them at start.</summary>
public class RetryTopicRuleTests
{
    [Theory]
    [InlineData(OrderingMode.Key, "ThenRetryTopics lets events that fail lose their place, and the consumer handles them in key order. "
        + "Say KeepKeyOrder(), so that later events of a key wait behind one that waits, or AllowReordering(), so that they do not.")]
    [InlineData(OrderingMode.Partition, "ThenRetryTopics lets events that fail lose their place, and the consumer handles them in partition order. "
        + "Say KeepKeyOrder() and InKeyOrder, so that later events of a key wait behind one that waits, or AllowReordering(), so that they do not.")]
    public async Task An_order_must_be_kept_or_given_up_by_name(OrderingMode ordering, string problem)
    {
        Assert.Equal([$"consumer 'inventory', OnFailure: {problem}"], await ErrorsAsync(static f => f.ThenRetryTopics("5s"), ordering));
        Assert.Empty(await ErrorsAsync(static f => f.ThenRetryTopics("5s").AllowReordering(), ordering));
        Assert.Empty(await ErrorsAsync(static f => f.ThenRetryTopics("5s"), OrderingMode.None));
    }

    [Theory]
    [InlineData(OrderingMode.Partition, "KeepKeyOrder was said, and the consumer handles events in partition order. Handle them InKeyOrder, or say AllowReordering in its place.")]
    [InlineData(OrderingMode.None, "KeepKeyOrder was said, and the consumer is Unordered: there is no order to keep. Handle events InKeyOrder, or remove it.")]
    public async Task Only_an_order_of_keys_can_be_kept(OrderingMode ordering, string problem) =>
        Assert.Equal([$"consumer 'inventory', OnFailure: {problem}"], await ErrorsAsync(static f => f.ThenRetryTopics("5s").KeepKeyOrder(), ordering));

    [Fact]
    public async Task The_order_that_counts_is_that_of_the_configuration()
    {
        await using var test = new TestHost("""
            { "Kafka": { "BootstrapServers": "broker:9092", "Consumers": { "inventory": { "Ordering": "Key" } } } }
            """);
        test.Consumer(configure: static c => c.Unordered(8).OnFailure(static f => f.ThenRetryTopics("5s")));

        Assert.Contains("in key order", Assert.Single(await test.ErrorsAtStartAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_with_the_steps_is_told_at_once()
    {
        Assert.Equal(
            [
                "consumer 'inventory', OnFailure: ThenRetryTopics: '0ms' is no delay. Write a whole number and ms, s, m, h or d, such as \"5s\", from 1 millisecond to 30 days.",
                "consumer 'inventory', OnFailure: ThenRetryTopics: '31d' is no delay. Write a whole number and ms, s, m, h or d, such as \"5s\", from 1 millisecond to 30 days.",
                "consumer 'inventory', OnFailure: ThenRetryTopics: '-5s' is no delay. Write a whole number and ms, s, m, h or d, such as \"5s\", from 1 millisecond to 30 days.",
                "consumer 'inventory', OnFailure: ThenRetryTopics was said more than once. Say all delays in one, in the order of the steps.",
                "consumer 'inventory', OnFailure: ThenRetryTopics has no delay. Give it one for each step, such as \"5s\", or leave it out.",
                "consumer 'inventory', OnFailure: ThenRetryTopics has the delay 1m 2 times, and the steps of one delay would share one topic. Make each different.",
            ],
            await ErrorsAsync(static f => f.ThenRetryTopics("60s", "1m", "0ms", "31d", "-5s").ThenRetryTopics().AllowReordering(), OrderingMode.Partition));
    }

    [Fact]
    public async Task What_says_nothing_without_retry_topics_is_refused()
    {
        Assert.Equal(
            ["consumer 'inventory', OnFailure: KeepKeyOrder was said without ThenRetryTopics, and without delays no event waits for another attempt. Add ThenRetryTopics, or remove it."],
            await ErrorsAsync(static f => f.KeepKeyOrder().ThenDeadLetter(), OrderingMode.Key));
        Assert.Equal(
            ["consumer 'inventory', OnFailure: AllowReordering was said without ThenRetryTopics, and without retry topics nothing loses its place. Add ThenRetryTopics, or remove it."],
            await ErrorsAsync(static f => f.AllowReordering().ThenDeadLetter(), OrderingMode.Key));
    }

    [Fact]
    public async Task Names_that_could_be_read_in_two_ways_are_refused_with_the_way_out()
    {
        Assert.Equal(
            [
                "consumer 'inventory', OnFailure: the topics of the group 'inventory' for 'eu--orders' would begin with 'inventory--eu--orders', where '--' must divide group and topic, and nothing else. "
                + "Name the topics by hand: OnFailure(f => f.NameTopics(topic => …)).",
            ],
            await ErrorsAsync(static f => f.ThenRetryTopics("5s").AllowReordering(), OrderingMode.Key, "eu--orders"));
        Assert.Single(await ErrorsAsync(static f => f.ThenDeadLetter(), OrderingMode.Key, "-orders"));
        Assert.Empty(await ErrorsAsync(static f => f.ThenDeadLetter("dead"), OrderingMode.Key, "eu--orders"));
        Assert.Empty(await ErrorsAsync(static f => f.ThenRetryTopics("5s").AllowReordering().NameTopics(static topic => $"stock.{topic}"), OrderingMode.Key, "eu--orders"));
    }

    [Fact]
    public async Task Names_that_are_too_long_are_refused_with_the_way_out()
    {
        var topic = new string('o', 230);
        Assert.Equal(
            [
                $"consumer 'inventory', OnFailure: a topic for the failed events of '{topic}' would be named 'inventory--{topic}--retry-500ms', which has 254 characters. Kafka allows 249. "
                + "Name the topics by hand: OnFailure(f => f.NameTopics(topic => …)).",
            ],
            await ErrorsAsync(static f => f.ThenRetryTopics("500ms").AllowReordering().ThenDeadLetter(), OrderingMode.Key, topic));
        Assert.Empty(await ErrorsAsync(static f => f.ThenRetryTopics("5s").AllowReordering().ThenDeadLetter().NameTopics(static _ => "long"), OrderingMode.Key, topic));
    }

    [Fact]
    public async Task Names_by_hand_must_be_names_and_each_its_own()
    {
        Assert.Equal(
            ["consumer 'inventory', OnFailure: NameTopics answers 'stock/1' for 'orders', which can't begin the name of a topic. Use letters, digits, '.', '_' and '-'."],
            await ErrorsAsync(static f => f.ThenDeadLetter().NameTopics(static _ => "stock/1"), OrderingMode.Key));
        Assert.Equal(
            ["consumer 'inventory', OnFailure: NameTopics threw for 'orders' (FormatException: no). It must answer for each topic that the consumer reads."],
            await ErrorsAsync(static f => f.ThenDeadLetter().NameTopics(static _ => throw new FormatException("no")), OrderingMode.Key));
        Assert.Equal(
            ["consumer 'inventory', OnFailure: NameTopics answers the same for 'returns' and for 'orders'. Each topic needs names of its own."],
            await ErrorsAsync(static f => f.ThenDeadLetter().NameTopics(static _ => "stock"), OrderingMode.Key, "orders", "returns"));
    }

    private static async Task<IReadOnlyList<string>> ErrorsAsync(Action<FailurePolicyBuilder> configure, OrderingMode ordering, params string[] topics)
    {
        await using var test = new TestHost();
        string[] read = topics is [] ? ["orders"] : topics;
        test.Services.AddEventConsumer(read, "inventory", c => c
            .Configure(options => options.Ordering = ordering)
            .OnFailure(configure)
            .Handle(static (string _, CancellationToken _) => ValueTask.CompletedTask));
        try
        {
            await test.StartAsync();
            return [];
        }
        catch (EventDrivenConfigurationException refused)
        {
            return [.. refused.Errors];
        }
    }
}

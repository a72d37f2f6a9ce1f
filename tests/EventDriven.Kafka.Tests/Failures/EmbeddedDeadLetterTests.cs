using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Tests.Hosting;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.Failures;

/// <summary>What becomes of events that fail, in a host as an application registers it.</summary>
public sealed class EmbeddedDeadLetterTests : IAsyncDisposable
{
    private static readonly string[] Told =
        ["original-topic", "original-partition", "original-offset", "group", "attempts", "failure-class", "exception-type", "exception-message"];

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();

    [Fact]
    public async Task An_event_that_fails_is_in_its_dead_letter_topic_with_its_bytes_and_its_offset_passes()
    {
        _kafka.CreateTopic("orders", 1);
        _kafka.CreateTopic("inventory--orders--dlq", 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 3);
        await using var service = await EmbeddedService.StartAsync(
            _kafka, ["orders"], c => c.OnFailure(f => f.ThenDeadLetter()),
            (context, _) => context.Offset == 1 ? throw new InvalidOperationException("poison") : Task.CompletedTask);

        await service.UntilCommittedAsync("orders", 0, 3);

        Assert.Equal(["orders[0]@0", "orders[0]@2"], service.Handled);
        var dead = Read("inventory--orders--dlq");
        Assert.Equal("\"1\"", dead.Message.Value);
        Assert.Equal(
            ["orders", "0", "1", "inventory", "1", "transient", "System.InvalidOperationException", "poison"],
            Told.Select(name => Encoding.UTF8.GetString(dead.Message.Headers.GetLastBytes($"eventdriven-{name}"))));
    }

    [Fact]
    public async Task An_event_is_skipped_only_where_its_policy_says_so_by_name()
    {
        _kafka.CreateTopic("orders", 1);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 0, 3);
        await using var service = await EmbeddedService.StartAsync(
            _kafka, ["orders"], c => c.OnFailure(f => f.ThenSkip()),
            (context, _) => context.Offset == 1 ? throw new InvalidOperationException("poison") : Task.CompletedTask);

        await service.UntilCommittedAsync("orders", 0, 3);

        Assert.Equal(["orders[0]@0", "orders[0]@2"], service.Handled);
        Assert.Single(service.Logs.Of(2042));
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    private ConsumeResult<string, string> Read(string topic)
    {
        using var consumer = new ConsumerBuilder<string, string>(new ConsumerConfig { BootstrapServers = _kafka.BootstrapServers, GroupId = "reader" }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, 0, 0));
        return consumer.Consume(EmbeddedService.Patience);
    }
}

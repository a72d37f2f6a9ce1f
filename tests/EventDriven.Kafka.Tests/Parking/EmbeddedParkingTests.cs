using System.Collections.Concurrent;
using Confluent.Kafka;
using EventDriven.Kafka.Tests.Hosting;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>Key order through retries, in a host as an application registers it.</summary>
public sealed class EmbeddedParkingTests : IAsyncDisposable
{
    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();
    private readonly ConcurrentQueue<string> _handled = new();
    private readonly ConcurrentDictionary<string, int> _failures = new();

    [Fact]
    public async Task Each_key_is_handled_in_its_order_while_some_events_fail_and_the_last_of_them_ends_in_the_dead_letters()
    {
        CreateTopics();
        await ProduceAsync(0, 40);
        _failures["a0"] = 2;
        _failures["b21"] = 1;
        _failures["c2"] = int.MaxValue;
        await using var service = await StartAsync();

        await service.UntilAsync(_ => _handled.Count == 39);
        await service.UntilCommittedAsync("orders", 0, 40);

        AssertOrder(0, 40, except: "c2");
        await service.UntilAsync(static state => state.Assignments.All(static assignment => assignment.Parking!.Entries == 0));
    }

    [Fact]
    public async Task The_next_owner_goes_on_with_what_is_parked_in_the_same_order()
    {
        CreateTopics();
        await ProduceAsync(0, 20);
        _failures["a0"] = 1;
        await using (var first = await StartAsync("1h", "2h"))
        {
            await first.UntilCommittedAsync("orders", 0, 20);
            Assert.DoesNotContain(_handled, static name => name[0] == 'a');
            Assert.Equal(5, first.Engine.GetSnapshot().Assignments[0].Parking!.Entries);
        }

        await using var next = await StartAsync("1h", "2h");
        await next.UntilAsync(static state => state.Assignments is [{ Parking.IsComplete: true }]);
        await ProduceAsync(20, 4);
        await next.UntilCommittedAsync("orders", 0, 24);

        Assert.Equal(6, next.Engine.GetSnapshot().Assignments[0].Parking!.Entries);
        Assert.Contains("b21", _handled);
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    private void CreateTopics()
    {
        _kafka.CreateTopic("orders", 1);
        _kafka.CreateTopic("inventory--orders--parked", 1);
        _kafka.CreateTopic("inventory--orders--dlq", 1);
    }

    private Task<EmbeddedService> StartAsync(string first = "100ms", string second = "200ms") => EmbeddedService.StartAsync(
        _kafka,
        ["orders"],
        consumer => consumer.InKeyOrder(8).OnFailure(f => f.ThenRetryTopics(first, second).KeepKeyOrder().ThenDeadLetter()),
        (context, _) =>
        {
            var name = $"{(char)context.Key!.Value.Span[0]}{context.Offset}";
            if (_failures.GetValueOrDefault(name) is > 0 and var left)
            {
                _failures[name] = left - 1;
                throw new InvalidOperationException(name);
            }

            _handled.Enqueue(name);
            return Task.CompletedTask;
        });

    private async Task ProduceAsync(int first, int count)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = _kafka.BootstrapServers, LingerMs = 0 }).Build();
        for (var i = first; i < first + count; i++)
        {
            await producer.ProduceAsync(new TopicPartition("orders", 0), new Message<string, string> { Key = $"{(char)('a' + (i % 4))}", Value = $"\"{i}\"" });
        }
    }

    private void AssertOrder(int first, int count, string except)
    {
        foreach (var key in "abcd")
        {
            var expected = Enumerable.Range(first, count).Select(i => $"{(char)('a' + (i % 4))}{i}").Where(name => name[0] == key && name != except);
            Assert.Equal(expected, _handled.Where(name => name[0] == key));
        }
    }
}

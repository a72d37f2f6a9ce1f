using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Broker.Tests.Failures;

/// <summary>What happens to a source and its group while keys are parked, on a real broker.</summary>
public sealed class ParkedTopicTests(SharedBroker broker)
{
    private readonly ConcurrentQueue<string> _handled = new();
    private readonly string _topic = $"orders-{Guid.NewGuid():N}"[..20];
    private readonly string _group = $"inventory-{Guid.NewGuid():N}"[..20];
    private readonly Clock _clock = new();
    private int _failures;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Parked => $"{_group}--{_topic}--parked";

    [BrokerFact]
    public async Task Offsets_that_an_operator_resets_repeat_each_key_in_order_and_what_is_parked_once()
    {
        var kafka = await broker.Cluster;
        await kafka.CreateTopicAsync(_topic, 1);
        for (var i = 0; i < 6; i++) await ProduceAsync(kafka, 0, "a", i);
        _failures = 1;
        await using (var first = await Service(kafka, "30m").StartAsync())
        {
            await first.CommittedAsync(_topic, 0, 6);
            await first.UntilAsync(static state => state.Assignments.Sum(static assignment => assignment.Parking!.Entries) == 6);
            await first.StopAsync();
        }

        Assert.Empty(_handled);
        await kafka.RunToolAsync("kafka-consumer-groups.sh", ["--group", _group, "--topic", _topic, "--reset-offsets", "--to-earliest", "--execute"], cancellationToken: Cancelled);

        // What waits half an hour is due by now. (A broker takes no record from a clock that is more than an hour ahead.)
        _clock.Skew = TimeSpan.FromMinutes(45);
        await using var next = await Service(kafka, "30m").StartAsync();
        await next.UntilAsync(static state => state.Assignments is [{ IsAtEnd: true, Parking.Entries: 0 }]);
        await next.CommittedAsync(_topic, 0, 6);

        Assert.Equal(["a0", "a1", "a2", "a3", "a4", "a5"], _handled);
        await next.StopAsync();
    }

    [BrokerFact]
    public async Task Partitions_added_to_the_source_wait_for_those_of_the_parked_topic_and_disturb_no_other()
    {
        var kafka = await broker.Cluster;
        await kafka.CreateTopicAsync(_topic, 1);
        _failures = 1;
        for (var i = 0; i < 3; i++) await ProduceAsync(kafka, 0, "a", i);
        await using var service = await Service(kafka, "5s").StartAsync();
        await service.UntilAsync(static state => state.Assignments.Sum(static assignment => assignment.Parking!.Entries) == 3);

        using var admin = kafka.CreateAdminClient();
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = _topic, IncreaseTo = 2 }]);
        await service.UntilAsync(static state => state.Assignments.Any(static assignment => assignment.Id.Partition == 1 && assignment.Parking!.Error is not null));
        await ProduceAsync(kafka, 1, "b", 3);

        // The one that was there goes on.
        await service.UntilAsync(_ => _handled.Count == 3);
        Assert.Equal(["a0", "a1", "a2"], _handled);
        Assert.Contains("parked log", (await service.HealthAsync()).Description, StringComparison.Ordinal);

        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = Parked, IncreaseTo = 2 }]);
        await service.CommittedAsync(_topic, 1, 1);
        Assert.Equal(["a0", "a1", "a2", "b3"], _handled);
        await service.StopAsync();
    }

    [BrokerFact]
    public async Task A_record_of_exactly_the_maximum_size_that_fails_is_parked_and_handled_in_its_turn()
    {
        const int Max = 100_000;
        var kafka = await broker.Cluster;
        await kafka.CreateTopicAsync(_topic, 1, new KeyValuePair<string, string>("max.message.bytes", $"{Max}"));
        var size = Max;
        while (!await FitsAsync(kafka, size)) size--;
        await ProduceAsync(kafka, 0, "a", 1);
        _failures = 1;
        await using var service = await Service(kafka, "1s").StartAsync();

        await service.CommittedAsync(_topic, 0, 2);
        await service.UntilAsync(_ => _handled.Count == 2);

        Assert.Equal([$"a{size}", "a1"], _handled);
        await service.StopAsync();
    }

    private FailingService Service(KafkaCluster kafka, string delay) => new(
        kafka.BootstrapServers,
        _topic,
        _group,
        c => c.ProvisionTopics().InKeyOrder(8).OnFailure(f => f.ThenRetryTopics(delay).KeepKeyOrder()),
        context =>
        {
            if (Interlocked.Decrement(ref _failures) >= 0) throw new InvalidOperationException("poison");

            var value = context.Value.GetValueOrDefault();
            _handled.Enqueue(Encoding.UTF8.GetString(context.Key.GetValueOrDefault().Span) + (value.Length > 4 ? $"{value.Length}" : Encoding.UTF8.GetString(value.Span)));
            return Task.CompletedTask;
        },
        services => services.AddSingleton<TimeProvider>(_clock),
        [new("Client:topic.metadata.refresh.interval.ms", "500")]);

    private Task<TopicPartitionOffset> ProduceAsync(KafkaCluster kafka, int partition, string key, int number) =>
        FailingService.ProduceAsync(kafka.BootstrapServers, new(_topic, partition), Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    private async Task<bool> FitsAsync(KafkaCluster kafka, int size)
    {
        try
        {
            // Nothing that compresses.
            await FailingService.ProduceAsync(kafka.BootstrapServers, new(_topic, 0), "a"u8.ToArray(), RandomNumberGenerator.GetBytes(size));
            return true;
        }
        catch (ProduceException<byte[]?, byte[]?> refused) when (refused.Error.Code == ErrorCode.MsgSizeTooLarge)
        {
            return false;
        }
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Skew { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Skew;
    }
}

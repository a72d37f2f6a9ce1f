using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventDriven.Kafka.Broker.Tests.Failures;

/// <summary>Dead letters on a real broker: what is written, and what happens while it can't be.</summary>
public sealed class DeadLetterTests(SharedBroker broker)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerFact]
    public async Task A_provisioned_dead_letter_topic_is_as_its_source_and_has_the_bytes_of_the_event()
    {
        var (kafka, topic, group) = await TopicAsync(3, new("max.message.bytes", "200000"), new("min.insync.replicas", "1"));
        string dead = $"{group}--{topic}--dlq";
        var headers = new Headers { { "null", null }, { "empty", [] }, { "twice", [1] }, { "twice", [2] }, { "eventdriven-attempts", "9223372036854775808"u8.ToArray() }, { "eventdriven-original-offset", new byte[100_000] } };
        await FailingService.ProduceAsync(kafka.BootstrapServers, new(topic, 2), [], [], headers);
        await FailingService.ProduceAsync(kafka.BootstrapServers, new(topic, 2), null, null);
        await using (var service = await new FailingService(kafka.BootstrapServers, topic, group, static c => c.ProvisionTopics().OnFailure(static f => f.ThenDeadLetter())).StartAsync())
        {
            await service.CommittedAsync(topic, 2, 2);
            Assert.Equal(HealthStatus.Healthy, (await service.HealthAsync()).Status);
        }

        var letters = FailingService.Read(kafka.BootstrapServers, dead, 2, 2);
        Assert.Equal(([], []), (letters[0].Message.Key!, letters[0].Message.Value!));
        Assert.Equal((null, null), (letters[1].Message.Key, letters[1].Message.Value));
        Assert.Equal(
            ["null=null", "empty=", "twice=01", "twice=02"],
            letters[0].Message.Headers.Take(4).Select(static header => $"{header.Key}={(header.GetValueBytes() is { } bytes ? Convert.ToHexString(bytes) : "null")}"));

        // What others wrote under our names is replaced.
        Assert.Equal("1", Encoding.UTF8.GetString(letters[0].Message.Headers.Single(static header => header.Key == "eventdriven-attempts").GetValueBytes()));
        Assert.Equal("0", Encoding.UTF8.GetString(letters[0].Message.Headers.Single(static header => header.Key == "eventdriven-original-offset").GetValueBytes()));

        var settings = await SettingsAsync(kafka, dead);
        Assert.Equal(("delete", "-1", "214336", "1"), (settings["cleanup.policy"], settings["retention.ms"], settings["max.message.bytes"], settings["min.insync.replicas"]));

        // It is as it must be, so the next start finds nothing wrong, also without the right to create.
        await using var again = await new FailingService(kafka.BootstrapServers, topic, group, static c => c.OnFailure(static f => f.ThenDeadLetter())).StartAsync();
        await again.UntilAsync(static state => state.Assignments.Count == 3);
    }

    [BrokerFact]
    public async Task Settings_that_would_lose_events_keep_a_consumer_from_starting_until_they_are_mended()
    {
        var (kafka, topic, group) = await TopicAsync(1);
        string dead = $"{group}--{topic}--dlq";
        await kafka.CreateTopicAsync(dead, 1, new KeyValuePair<string, string>("cleanup.policy", "compact"));
        await using var service = await new FailingService(kafka.BootstrapServers, topic, group, static c => c.OnFailure(static f => f.ThenDeadLetter())).StartAsync();
        string told = "";
        while ((told = (await service.HealthAsync()).Description!).Contains("it is starting", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        Assert.Contains("it is compacted, which deletes all but the last event of a key", told, StringComparison.Ordinal);
        string command = told[told.IndexOf("kafka-configs.sh", StringComparison.Ordinal)..];
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        // The command as it was told.
        await kafka.RunToolAsync(words[0], [.. words[3..].TakeWhile(static word => word.Length > 0).Take(7)], cancellationToken: Cancelled);
        await FailingService.ProduceAsync(kafka.BootstrapServers, new(topic, 0), null, [1]);
        await service.CommittedAsync(topic, 0, 1);
        FailingService.Read(kafka.BootstrapServers, dead, 0, 1);
    }

    [BrokerFact]
    public async Task A_dead_letter_topic_that_is_deleted_at_run_time_holds_its_events_until_it_is_there_again()
    {
        var (kafka, topic, group) = await TopicAsync(1);
        string dead = $"{group}--{topic}--dlq";
        await using var service = await new FailingService(kafka.BootstrapServers, topic, group, static c => c.ProvisionTopics().OnFailure(static f => f.ThenDeadLetter())).StartAsync();
        await FailingService.ProduceAsync(kafka.BootstrapServers, new(topic, 0), null, [1]);
        await service.CommittedAsync(topic, 0, 1);
        using var admin = kafka.CreateAdminClient();
        await admin.DeleteTopicsAsync([dead]);

        await FailingService.ProduceAsync(kafka.BootstrapServers, new(topic, 0), null, [2]);
        await service.HeldAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await service.HealthAsync()).Status);
        Assert.Equal(HoldReason.HandOver, Assert.Single(service.Status.HeldEvents).Reason);

        await kafka.CreateTopicAsync(dead, 1);
        await service.CommittedAsync(topic, 0, 2);
        Assert.Equal([2], Assert.Single(FailingService.Read(kafka.BootstrapServers, dead, 0, 1)).Message.Value!);
    }

    [BrokerFact]
    public async Task A_record_of_exactly_the_maximum_size_is_dead_lettered_and_where_the_topic_is_too_small_it_is_held_until_it_is_not()
    {
        var (kafka, topic, group) = await TopicAsync(1, new KeyValuePair<string, string>("max.message.bytes", "50000"));
        string dead = $"{group}--{topic}--dlq";
        int size = 50_000;
        while (!await FitsAsync(kafka, topic, size))
        {
            size--;
        }

        await using var service = await new FailingService(kafka.BootstrapServers, topic, group, static c => c.ProvisionTopics().OnFailure(static f => f.ThenDeadLetter())).StartAsync();
        await service.CommittedAsync(topic, 0, 1);
        var letter = Assert.Single(FailingService.Read(kafka.BootstrapServers, dead, 0, 1));
        Assert.Equal(size, letter.Message.Value!.Length);
        Assert.Contains(letter.Message.Headers, static header => header.Key == "eventdriven-exception-stack");

        await SetAsync(kafka, dead, "50000");
        Assert.True(await FitsAsync(kafka, topic, size));
        await service.HeldAsync();
        var health = await service.HealthAsync();
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("MsgSizeTooLarge", health.Description, StringComparison.Ordinal);

        await SetAsync(kafka, dead, "60000");
        await service.CommittedAsync(topic, 0, 2);
        var stripped = FailingService.Read(kafka.BootstrapServers, dead, 0, 2)[1];
        Assert.Equal(size, stripped.Message.Value!.Length);
        Assert.DoesNotContain(stripped.Message.Headers, static header => header.Key is "eventdriven-exception-stack" or "eventdriven-exception-message");
    }

    [BrokerFact]
    public async Task What_has_fitted_into_its_topic_because_it_was_compressed_fits_into_the_dead_letters_too()
    {
        var (kafka, topic, group) = await TopicAsync(1, new KeyValuePair<string, string>("max.message.bytes", "20000"));
        using (var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, MessageMaxBytes = 10_000_000, CompressionType = CompressionType.Gzip }).Build())
        {
            await producer.ProduceAsync(topic, new Message<byte[]?, byte[]?> { Value = new byte[1_000_000] }, Cancelled);
        }

        await using var service = await new FailingService(kafka.BootstrapServers, topic, group, static c => c.ProvisionTopics().OnFailure(static f => f.ThenDeadLetter())).StartAsync();
        await service.CommittedAsync(topic, 0, 1);

        Assert.Equal(1_000_000, Assert.Single(FailingService.Read(kafka.BootstrapServers, $"{group}--{topic}--dlq", 0, 1)).Message.Value!.Length);
    }

    [BrokerFact]
    public async Task A_broker_that_goes_down_during_the_hand_over_holds_the_event_until_it_is_back()
    {
        await using var kafka = await KafkaCluster.StartAsync(cancellationToken: Cancelled);
        await kafka.CreateTopicAsync("orders", 1);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var service = await new FailingService(
            kafka.BootstrapServers, "orders", "inventory", static c => c.ProvisionTopics().OnFailure(static f => f.ThenDeadLetter()),
            async _ =>
            {
                entered.TrySetResult();
                await release.Task;
                throw new InvalidOperationException("poison");
            }).StartAsync();
        await FailingService.ProduceAsync(kafka.BootstrapServers, new("orders", 0), "key"u8.ToArray(), [1]);
        await entered.Task.WaitAsync(FailingService.Patience, Cancelled);

        await kafka.KillAsync(1);
        release.SetResult();
        await service.HeldAsync();
        Assert.Equal(HoldReason.HandOver, Assert.Single(service.Status.HeldEvents).Reason);
        await kafka.StartNodeAsync(1, Cancelled);
        await service.CommittedAsync("orders", 0, 1);

        Assert.Equal([1], FailingService.Read(kafka.BootstrapServers, "inventory--orders--dlq", 0, 1)[0].Message.Value!);
    }

    [BrokerFact]
    public async Task A_stop_while_a_hand_over_is_held_ends_in_time_also_with_the_broker_frozen()
    {
        await using var kafka = await KafkaCluster.StartAsync(cancellationToken: Cancelled);
        await kafka.CreateTopicAsync("orders", 1);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var service = await new FailingService(
            kafka.BootstrapServers, "orders", "inventory", static c => c.ProvisionTopics().OnFailure(static f => f.ThenDeadLetter()),
            async _ =>
            {
                entered.TrySetResult();
                await release.Task;
                throw new InvalidOperationException("poison");
            }).StartAsync();
        await FailingService.ProduceAsync(kafka.BootstrapServers, new("orders", 0), null, [1]);
        await entered.Task.WaitAsync(FailingService.Patience, Cancelled);
        kafka.Pause(1);
        release.SetResult();
        await service.HeldAsync();

        var spent = System.Diagnostics.Stopwatch.StartNew();
        await service.StopAsync();

        // The host's own shutdown timeout.
        Assert.InRange(spent.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        kafka.Resume(1);
        await service.DisposeAsync();
    }

    [BrokerFact]
    public async Task A_crash_between_a_dead_letters_acknowledgement_and_the_commit_writes_it_again_and_loses_nothing()
    {
        var (kafka, topic, group) = await TopicAsync(1);
        for (byte i = 0; i < 3; i++) await FailingService.ProduceAsync(kafka.BootstrapServers, new(topic, 0), null, [i]);
        static Task Handle(EventContext context) => context.Offset == 1 ? throw new InvalidOperationException("poison") : Task.CompletedTask;
        static void Policy(EventConsumerBuilder c) => c.ProvisionTopics().Configure(static options => options.DrainTimeout = TimeSpan.FromSeconds(1)).OnFailure(static f => f.ThenDeadLetter());
        var crash = new StopsAfterHandOver();
        await using (var crashing = await new FailingService(kafka.BootstrapServers, topic, group, Policy, Handle, services => services.AddSingleton<IPipelineObserver>(crash)).StartAsync())
        {
            await crash.Acknowledged.WaitAsync(FailingService.Patience, Cancelled);
            await crashing.StopAsync();
        }

        await using var service = await new FailingService(kafka.BootstrapServers, topic, group, Policy, Handle).StartAsync();
        await service.CommittedAsync(topic, 0, 3);

        var letters = FailingService.Read(kafka.BootstrapServers, $"{group}--{topic}--dlq", 0, 2);
        Assert.Equal(["1", "1"], letters.Select(static letter => Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes("eventdriven-original-offset"))));
    }

    private static async Task<bool> FitsAsync(KafkaCluster kafka, string topic, int size)
    {
        try
        {
            // Nothing that compresses.
            await FailingService.ProduceAsync(kafka.BootstrapServers, new(topic, 0), null, RandomNumberGenerator.GetBytes(size));
            return true;
        }
        catch (ProduceException<byte[]?, byte[]?> refused) when (refused.Error.Code == ErrorCode.MsgSizeTooLarge)
        {
            return false;
        }
    }

    private async Task<(KafkaCluster Kafka, string Topic, string Group)> TopicAsync(int partitions, params KeyValuePair<string, string>[] config)
    {
        var kafka = await broker.Cluster;
        string name = Guid.NewGuid().ToString("N")[..12];
        await kafka.CreateTopicAsync($"orders-{name}", partitions, config);
        return (kafka, $"orders-{name}", $"inventory-{name}");
    }

    private static async Task<Dictionary<string, string>> SettingsAsync(KafkaCluster kafka, string topic)
    {
        using var admin = kafka.CreateAdminClient();
        var described = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = topic }]);
        return described[0].Entries.ToDictionary(static entry => entry.Key, static entry => entry.Value.Value);
    }

    private static async Task SetAsync(KafkaCluster kafka, string topic, string maxMessageBytes)
    {
        using var admin = kafka.CreateAdminClient();
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [resource] = [new ConfigEntry { Name = "max.message.bytes", Value = maxMessageBytes, IncrementalOperation = AlterConfigOpType.Set }],
        });
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await SettingsAsync(kafka, topic))["max.message.bytes"] != maxMessageBytes)
        {
            await timer.WaitForNextTickAsync(Cancelled);
        }
    }
}

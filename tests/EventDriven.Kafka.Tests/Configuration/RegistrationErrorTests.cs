using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Tests.Configuration;

/// <summary>What a user reads when something is wrong with registrations or configuration.</summary>
public class RegistrationErrorTests
{
    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once_before_any_hosted_service_starts()
    {
        await using var test = new TestHost("""
            {
              "Kafka": {
                "BootstrapServer": "broker:9092",
                "Consumers": {
                  "inventory": { "MaxConcurency": 5, "MaxReplay": 0, "CommitInterval": "soon" },
                  "inventroy": { }
                }
              }
            }
            """);
        var witness = new Witness();
        test.Services.AddSingleton<IHostedService>(witness);
        test.Consumer().Consumer("or ders", "billing", c => c.OnCluster("Adit"));

        var thrown = await Assert.ThrowsAsync<EventDrivenConfigurationException>(test.StartAsync);

        Assert.Equal(
            """
            EventDriven can't start, 8 things are wrong:
              - cluster 'Kafka', Kafka:BootstrapServer: there is no option of this name. Did you mean 'BootstrapServers'? Correct it, or remove it.
              - consumer 'inventory', Kafka:Consumers:inventory:MaxConcurency: there is no option of this name. Did you mean 'MaxConcurrency'? Correct it, or remove it.
              - cluster 'Kafka', Kafka:Consumers:inventroy: no consumer has this name. Did you mean 'inventory'? Remove the section, or register the consumer.
              - cluster 'Kafka', BootstrapServers: there are none. Set Kafka:BootstrapServers in the configuration, such as "localhost:9092".
              - consumer 'inventory', CommitInterval: the value 'soon' of Kafka:Consumers:inventory:CommitInterval can't be read. String 'soon' was not recognized as a valid TimeSpan.
              - consumer 'inventory', MaxReplay: is 0. Set it from 1 to 10,000,000.
              - consumer 'billing', Topics: 'or ders' has characters that Kafka does not allow. Use letters, digits, '.', '_' and '-'.
              - consumer 'billing', OnCluster: there is no cluster 'Adit'. Register it with AddEventDriven, or choose another with OnCluster.
            """.ReplaceLineEndings(),
            thrown.Message);
        Assert.Equal(8, thrown.Errors.Count);
        Assert.False(witness.HasStarted);
        Assert.Empty(test.Runners.ByName);
    }

    [Fact]
    public async Task Two_consumers_of_one_name()
    {
        await using var test = new TestHost();
        test.Consumer("orders").Consumer("returns");

        Assert.Equal(["consumer 'inventory', Named: 2 consumers have this name, which is the group unless given. Give each its own with Named."], await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task Two_consumers_of_one_group_and_topic()
    {
        await using var test = new TestHost();
        test.Consumer().Consumer(configure: c => c.Named("inventory-audit"));

        Assert.Equal(
            [
                "consumer 'inventory-audit', Group: consumer 'inventory' reads 'orders' in the group 'inventory' too, so each would get only a part of the events. "
                + "Give one another group, or handle both in one consumer.",
            ],
            await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task A_group_without_a_name()
    {
        await using var test = new TestHost();
        test.Consumer(group: "");

        Assert.Equal(
            [
                "consumer without a name (topics orders), Named: it has neither a group nor a name. Give it a group, or a name with Named.",
                "consumer without a name (topics orders), Group: the group is empty. Give it with the registration: AddEventConsumer(topic, group: \"…\").",
            ],
            await test.ErrorsAtStartAsync());
    }

    [Theory]
    [InlineData("^orders(", "'^orders(' is no regular expression: Invalid pattern '^orders(' at offset 8. Not enough )'s. Correct it.")]
    [InlineData("^(?!returns)", "'^(?!returns)' has a look-around, back-reference or atomic group, which patterns of topics can't have. Write it without; derived and internal topics never match anyway.")]
    [InlineData("", "the name of a topic is empty. Name a topic.")]
    [InlineData("..", "'..' is not a name that Kafka allows.")]
    [InlineData("orders/eu", "'orders/eu' has characters that Kafka does not allow. Use letters, digits, '.', '_' and '-'.")]
    public async Task A_topic_that_is_none(string topic, string problem)
    {
        await using var test = new TestHost();
        test.Consumer(topic);

        Assert.Equal([$"consumer 'inventory', Topics: {problem}"], await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task Start_offsets_that_are_none_and_an_instance_id_that_is_none()
    {
        await using var test = new TestHost("""
            { "Kafka": { "BootstrapServers": "broker:9092", "Consumers": { "inventory": { "InstanceId": "pod/1", "StartOffsets": { "order": { "0": 1 }, "orders": { "2": -1 } } } } } }
            """);
        test.Consumer();

        Assert.Equal(
            [
                "consumer 'inventory', StartOffsets: 'order' is none of the Topics. Did you mean 'orders'? Correct the name, or remove it.",
                "consumer 'inventory', StartOffsets: orders[2] is to start at -1: neither may be below 0. Correct it.",
                "consumer 'inventory', InstanceId: 'pod/1' has characters that Kafka does not allow. Use letters, digits, '.', '_' and '-'.",
            ],
            await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task Two_consumers_of_one_group_with_one_instance_id_or_a_pattern_that_takes_the_others_topic()
    {
        await using var test = new TestHost();
        test.Consumer("orders", "inventory", c => c.Named("a").Configure(options => options.InstanceId = "pod-1"));
        test.Consumer("returns", "inventory", c => c.Named("b").Configure(options => options.InstanceId = "pod-1"));
        test.Consumer("^ord", "inventory", c => c.Named("c"));

        Assert.Equal(
            [
                "consumer 'b', InstanceId: consumer 'a' has 'pod-1' in the group 'inventory' too, so one would push the other out. Give each an id of its own.",
                "consumer 'c', Group: consumer 'a' reads 'orders' in the group 'inventory' too, so each would get only a part of the events. Give one another group, or handle both in one consumer.",
            ],
            await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task A_topic_with_too_long_a_name_none_and_one_twice()
    {
        await using var test = new TestHost();
        test.Consumer(new string('a', 250), "long");
        test.Consumer([], "none");
        test.Consumer(["orders", "orders"], "twice");

        Assert.Equal(
            [
                "consumer 'long', Topics: 'aaaaaaaaaaaaaaaaaaaa…' has 250 characters. Kafka allows 249.",
                "consumer 'none', Topics: there is none. Name at least one topic.",
                "consumer 'twice', Topics: 'orders' is there 2 times. Name it once.",
            ],
            await test.ErrorsAtStartAsync());
    }

    [Theory]
    [InlineData("MaxConcurrency", "0", "is 0. Set it from 1 to 100,000.")]
    [InlineData("MaxBufferedBytes", "100", "is 100. Set it from 65,536 to 1,099,511,627,776.")]
    [InlineData("CommitInterval", "00:00:00.009", "is 00:00:00.0090000. Set it from 00:00:00.0100000 to 01:00:00.")]
    [InlineData("CommitInterval", "01:00:00.001", "is 01:00:00.0010000. Set it from 00:00:00.0100000 to 01:00:00.")]
    [InlineData("DrainTimeout", "-00:00:01", "is -00:00:01. Set it from 00:00:00 to 01:00:00.")]
    [InlineData("AttemptTimeout", "0", "is 00:00:00. Set it from 00:00:00.0010000 to 1.00:00:00, or null for no limit.")]
    [InlineData("StuckAfter", "8", "is 8.00:00:00. Set it from 00:00:00.0100000 to 7.00:00:00, or null for no limit.")]
    [InlineData("MaxBatchEvents", "10", "is set, and the consumer has no handler of batches. Register one with HandleBatch, or remove it.")]
    [InlineData("MaxBatchWait", "00:00:01", "is set, and the consumer has no handler of batches. Register one with HandleBatch, or remove it.")]
    [InlineData("Ordering", "17", "is 17, which does not exist. Set one of Partition, Key, None.")]
    [InlineData("Topics", "orders", "Kafka:Consumers:inventory:Topics is one value where a list is wanted. Write Kafka:Consumers:inventory:Topics:0, or a JSON array.")]
    [InlineData("DrainTimeout", "00:01:00", "is 00:01:00, which is not below session.timeout.ms (45,000 ms). Shorten it, or set Client:session.timeout.ms.")]
    [InlineData("StartAt", "Timestamp", "is null, and StartAt is Timestamp. Set the time to start at.", "StartTimestamp")]
    public async Task An_option_outside_of_its_range(string option, string value, string problem, string? subject = null)
    {
        await using var test = new TestHost();
        test.Builder.Configuration[$"Kafka:Consumers:inventory:{option}"] = value;
        test.Consumer();

        Assert.Equal([$"consumer 'inventory', {subject ?? option}: {problem}"], await test.ErrorsAtStartAsync());
    }

    [Theory]
    [InlineData("MaxBatchEvents", "10001", "is 10,001, which is above MaxReplay (10,000), so that no batch could become so large. Lower it, or raise MaxReplay.")]
    [InlineData("MaxBufferedRecords", "99", "is 100, which is above MaxBufferedRecords (99), so that no batch could become so large. Lower it, or raise MaxBufferedRecords.", "MaxBatchEvents")]
    [InlineData("MaxBatchEvents", null, "is null, and the consumer has a handler of batches. Set it, or leave it to HandleBatch.")]
    [InlineData("MaxBatchEvents", "0", "is 0. Set it from 1 to 100,000.")]
    [InlineData("MaxBatchWait", "01:00:01", "is 01:00:01. Set it from 00:00:00 to 01:00:00.")]
    public async Task An_option_that_does_not_fit_a_consumer_of_batches(string option, string? value, string problem, string? subject = null)
    {
        await using var test = new TestHost();
        test.Services.AddEventConsumer(
            "orders", "inventory", c => c.HandleBatch(100, TimeSpan.FromSeconds(1), (IReadOnlyList<ReceivedEvent<string>> _, CancellationToken _) => ValueTask.CompletedTask));
        if (value is null)
        {
            test.Services.PostConfigure<EventConsumerOptions>("inventory", options => typeof(EventConsumerOptions).GetProperty(option)!.SetValue(options, null));
        }
        else
        {
            test.Builder.Configuration[$"Kafka:Consumers:inventory:{option}"] = value;
        }

        Assert.Equal([$"consumer 'inventory', {subject ?? option}: {problem}"], await test.ErrorsAtStartAsync());
    }

    [Fact]
    public void The_options_of_a_producer_have_ranges_too()
    {
        var errors = new List<ConfigurationError>();
        OptionsRules.Check("producer 'orders'", new EventProducerOptions { DeliveryTimeout = TimeSpan.FromMilliseconds(99), Linger = TimeSpan.FromMinutes(16), Client = null! }, errors);

        Assert.Equal(
            [
                "producer 'orders', DeliveryTimeout: is 00:00:00.0990000. Set it from 00:00:00.1000000 to 1.00:00:00.",
                "producer 'orders', Linger: is 00:16:00. Set it from 00:00:00 to 00:15:00.",
                "producer 'orders', Client: is null. Set a value, or leave it out.",
            ],
            errors.Select(error => error.ToString()));
    }

    [Fact]
    public async Task Defaults_are_within_their_ranges()
    {
        await using var test = new TestHost();

        await test.Consumer().StartAsync();
        var errors = new List<ConfigurationError>();
        OptionsRules.Check("producer", new EventProducerOptions(), errors);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_longer_drain_is_fine_where_the_group_waits_as_long()
    {
        await using var test = new TestHost();
        test.Consumer("a", "classic", c => c.Configure(options =>
        {
            options.DrainTimeout = TimeSpan.FromMinutes(1);
            options.Client["session.timeout.ms"] = "90000";
        }));
        test.Consumer("a", "consumer", c => c.Configure(options =>
        {
            options.DrainTimeout = TimeSpan.FromMinutes(6);
            options.GroupProtocol = ConsumerGroupProtocol.Consumer;
        }).ConfigureClient(client => client.MaxPollIntervalMs = 400_000));

        await test.StartAsync();
    }

    [Fact]
    public async Task A_setting_of_the_other_group_protocol()
    {
        await using var test = new TestHost();
        test.Consumer("a", "new", c => c.Configure(options => options.GroupProtocol = ConsumerGroupProtocol.Consumer).ConfigureClient(client => client.SessionTimeoutMs = 10_000));
        test.Consumer("a", "old", c => c.Configure(options => options.GroupProtocol = ConsumerGroupProtocol.Classic).ConfigureClient(client => client.GroupRemoteAssignor = "range"));

        Assert.Equal(
            [
                "consumer 'new', ConfigureClient, session.timeout.ms: belongs to the classic protocol; in the other one the brokers hold it, in the group's configuration. Remove it, or choose the other GroupProtocol.",
                "consumer 'old', ConfigureClient, group.remote.assignor: belongs to the protocol of KIP-848; in the classic one the members assign partitions themselves. Remove it, or choose the other GroupProtocol.",
            ],
            await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task What_an_application_validates_itself_is_told_with_the_rest()
    {
        await using var test = new TestHost();
        test.Services.AddOptions<EventConsumerOptions>("inventory").Validate(options => options.MaxConcurrency > 100, "we always use more than 100");
        test.Consumer();

        var error = Assert.Single(await test.ErrorsAtStartAsync());
        Assert.StartsWith("consumer 'inventory', ", error, StringComparison.Ordinal);
        Assert.EndsWith("we always use more than 100", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_is_not_registered()
    {
        await using var test = new TestHost();
        test.Services.AddEventConsumer<string, NeedsDatabase>("orders", "inventory");
        test.Services.AddEventConsumer<string, IEventHandler<string>>("orders", "billing");
        test.Services.AddEventConsumer("orders", "nobody", static _ => { });

        Assert.Equal(
            [
                $"consumer 'inventory', Handle: {typeof(NeedsDatabase)} can't be created: its constructor asks for System.Data.IDbConnection, which is not registered in dependency injection.",
                $"consumer 'billing', Handle: {typeof(IEventHandler<string>)} is not registered in dependency injection, and as an interface or abstract class it can't be registered by itself.",
                "consumer 'nobody', Handle: There is no handler. Add one: .Handle<MyEvent, MyHandler>().",
            ],
            await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task Two_handlers_of_one_type()
    {
        await using var test = new TestHost();
        test.Consumer(configure: c => c.Handle<string, TestHost.Nothing>());

        Assert.Equal(
            ["consumer 'inventory', Handle: System.String has 2 handlers (Nothing, Nothing). Keep one; several effects of one event are several consumers with groups of their own."],
            await test.ErrorsAtStartAsync());
    }

    [Fact]
    public async Task What_the_library_must_own_is_refused_by_the_host()
    {
        await using var test = new TestHost();
        test.Consumer(configure: c => c.ConfigureClient(client => client.EnableAutoCommit = true));

        Assert.Equal(
            ["consumer 'inventory', ConfigureClient, enable.auto.commit: the library commits a position only when its event was handled; the client would commit events that were merely read."],
            await test.ErrorsAtStartAsync());
    }

    private sealed class NeedsDatabase(System.Data.IDbConnection database) : IEventHandler<string>
    {
        public ValueTask HandleAsync(string @event, EventContext context, CancellationToken cancellationToken)
        {
            database.Open();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Witness : IHostedService
    {
        public bool HasStarted { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            HasStarted = true;
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

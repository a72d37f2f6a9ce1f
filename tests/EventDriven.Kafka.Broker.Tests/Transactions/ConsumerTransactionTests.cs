using System.Globalization;
using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Broker.Tests.Failures;
using EventDriven.Kafka.Broker.Tests.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Broker.Tests.Transactions;

/// <summary>Consumers with transactions on a real broker: each input once in what a reader with <c>read_committed</c> sees, whatever fails or moves.</summary>
public sealed class ConsumerTransactionTests(SharedBroker broker)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [BrokerFact]
    public async Task What_attempts_have_produced_that_failed_is_nowhere_and_dead_letters_are_in_it()
    {
        var (kafka, topic, output, group) = await TopicsAsync(1);
        await ProduceAsync(kafka, topic, 0, 10);
        await using (var service = await Service(kafka, topic, output, group, static c => c.ProvisionTopics().OnFailure(static f => f.Retry(2, TimeSpan.Zero).ThenDeadLetter()), async (context, producer) =>
        {
            await producer.ProduceAsync(Out(context), Cancelled);
            await producer.OutsideTransaction().ProduceAsync(Out(context) with { Text = $"outside {context.Offset}" }, Cancelled);
            if (context.Offset == 3 && context.Attempt < 3) throw new InvalidOperationException("told to fail");
            if (context.Offset == 5) throw new InvalidOperationException("told to fail for good");
        }).StartAsync())
        {
            await service.CommittedAsync(topic, 0, 10);
        }

        var visible = Committed.Read(kafka.BootstrapServers, output);
        Assert.Equal(Texts([0, 1, 2, 3, 4, 6, 7, 8, 9]), visible.Where(static text => !text.Contains("outside", StringComparison.Ordinal)));
        Assert.Equal(14, visible.Count(static text => text.Contains("outside", StringComparison.Ordinal)));
        Assert.Equal(["5"], Committed.Read(kafka.BootstrapServers, $"{group}--{topic}--dlq"));
    }

    [BrokerFact]
    public async Task What_the_broker_refuses_fails_its_own_event_and_the_others_go_on()
    {
        var (kafka, topic, output, group) = await TopicsAsync(1, new KeyValuePair<string, string>("max.message.bytes", "20000"));
        await ProduceAsync(kafka, topic, 0, 10);
        await using (var service = await Service(kafka, topic, output, group, static c => c.ProvisionTopics().OnFailure(static f => f.ThenDeadLetter()), async (context, producer) =>
            await producer.ProduceAsync(context.Offset == 4 ? new Output(new string('x', 50_000)) : Out(context), Cancelled)).StartAsync())
        {
            await service.CommittedAsync(topic, 0, 10);
        }

        Assert.Equal(Texts([0, 1, 2, 3, 5, 6, 7, 8, 9]), Committed.Read(kafka.BootstrapServers, output));
        Assert.Equal(["4"], Committed.Read(kafka.BootstrapServers, $"{group}--{topic}--dlq"));
    }

    /// <summary>The transaction of its retry is aborted once; the attempt that follows is refused, and the next step of the policy is taken.</summary>
    [BrokerFact]
    public async Task What_the_broker_refuses_of_a_parked_event_sends_that_to_the_dead_letters_and_the_others_go_on()
    {
        var (kafka, topic, output, group) = await TopicsAsync(1, new KeyValuePair<string, string>("max.message.bytes", "20000"));
        await ProduceAsync(kafka, topic, 0, 10);
        var visible = new List<string>();
        await using (var service = await Service(
            kafka,
            topic,
            output,
            group,
            static c => c.ProvisionTopics().InKeyOrder(4).OnFailure(static f => f.ThenRetryTopics("20ms", "100ms").KeepKeyOrder().ThenDeadLetter()),
            async (context, producer) =>
            {
                bool isTooLarge = context.Offset == 4 || (context.Offset == 6 && context.Attempt == 1);
                await producer.ProduceAsync(isTooLarge ? new Output(new string('x', 50_000)) : Out(context), Cancelled);
            }).StartAsync())
        {
            while (visible.Count < 9 || Committed.Read(kafka.BootstrapServers, $"{group}--{topic}--dlq").Count < 1)
            {
                Cancelled.ThrowIfCancellationRequested();
                visible = [.. Committed.Read(kafka.BootstrapServers, output)];
            }

            await service.CommittedAsync(topic, 0, 10);
        }

        Assert.Equal(Texts([0, 1, 2, 3, 5, 6, 7, 8, 9]), Committed.Read(kafka.BootstrapServers, output).Order(StringComparer.Ordinal));
        Assert.Equal(["4"], Committed.Read(kafka.BootstrapServers, $"{group}--{topic}--dlq"));
    }

    /// <summary>The first event has the others wait for it, so that all that they produce, retry records too, is in the transactions that are aborted.</summary>
    [BrokerFact]
    public async Task What_goes_to_a_retry_topic_in_a_transaction_that_is_aborted_is_there_once()
    {
        var (kafka, topic, output, group) = await TopicsAsync(1, new KeyValuePair<string, string>("max.message.bytes", "20000"));
        await ProduceAsync(kafka, topic, 0, 10);
        var release = new TaskCompletionSource();
        using var log = new LogCapture();
        await using (var service = await Service(
            kafka,
            topic,
            output,
            group,
            static c => c.ProvisionTopics().Unordered(16).OnFailure(static f => f.ThenRetryTopics("20ms").ThenDeadLetter()),
            async (context, producer) =>
            {
                if (context.Offset == 0) await release.Task;
                bool isTooLarge = context.Offset == 4 || (context.Offset == 6 && context.Attempt == 1);
                await producer.ProduceAsync(isTooLarge ? new Output(new string('x', 50_000)) : Out(context), Cancelled);
                if (context.Offset is 2 or 8 && context.Attempt == 1) throw new InvalidOperationException("told to fail");
            },
            services => services.AddLogging(logging => logging.AddProvider(log))).StartAsync())
        {
            await service.UntilAsync(static state => state.Finished >= 9);
            release.SetResult();
            await UntilVisibleAsync(kafka, (output, 9), ($"{group}--{topic}--dlq", 1));
        }

        Assert.Equal(Texts([0, 1, 2, 3, 5, 6, 7, 8, 9]), Committed.Read(kafka.BootstrapServers, output).Order(StringComparer.Ordinal));
        Assert.Equal(["4"], Committed.Read(kafka.BootstrapServers, $"{group}--{topic}--dlq"));
        Assert.Equal(["2", "4", "6", "8"], Committed.Read(kafka.BootstrapServers, $"{group}--{topic}--retry-20ms").Order(StringComparer.Ordinal));

        // For 4 and for 6, and for 4 at its second attempt.
        Assert.InRange(log.Of(6010).Count(static line => line.Contains("MsgSizeTooLarge", StringComparison.Ordinal)), 3, int.MaxValue);
    }

    /// <summary>What is known against it is known until it is done with, and not until its first partition goes on: else each of its attempts would abort a transaction for as long as that does.</summary>
    [BrokerFact]
    public async Task What_the_broker_refuses_of_an_event_from_a_retry_topic_aborts_one_transaction_while_its_first_partition_goes_on()
    {
        var (kafka, topic, output, group) = await TopicsAsync(1, new KeyValuePair<string, string>("max.message.bytes", "20000"));
        await ProduceAsync(kafka, topic, 0, 1);
        int tries = 0;
        var (again, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var log = new LogCapture();
        await using (var service = await Service(
            kafka,
            topic,
            output,
            group,
            static c => c.ProvisionTopics().Unordered(16).OnFailure(static f => f.ThenRetryTopics("20ms").ThenDeadLetter()),
            async (context, producer) =>
            {
                if (context.Offset == 0)
                {
                    if (context.Attempt == 1) throw new InvalidOperationException("told to fail");
                    if (Interlocked.Increment(ref tries) == 2)
                    {
                        again.SetResult();
                        await goOn.Task;
                    }
                }

                await producer.ProduceAsync(context.Offset == 0 ? new Output(new string('x', 50_000)) : Out(context), Cancelled);
            },
            services => services.AddLogging(logging => logging.AddProvider(log))).StartAsync())
        {
            await again.Task.WaitAsync(FailingService.Patience, Cancelled);
            await ProduceAsync(kafka, topic, 1, 1);
            await service.CommittedAsync(topic, 0, 2);
            goOn.SetResult();
            await UntilVisibleAsync(kafka, ($"{group}--{topic}--dlq", 1));
        }

        // The client may skip sequence numbers after it, and abort another by itself.
        Assert.Single(log.Of(6010), static line => line.Contains("MsgSizeTooLarge", StringComparison.Ordinal));
        Assert.Equal(Texts([1]), Committed.Read(kafka.BootstrapServers, output));
        Assert.Equal(["0"], Committed.Read(kafka.BootstrapServers, $"{group}--{topic}--dlq"));
    }

    [BrokerFact]
    public async Task A_slow_event_holds_back_what_has_overtaken_it_and_no_commit_of_other_partitions()
    {
        var (kafka, topic, output, group) = await TopicsAsync(2);
        var release = new TaskCompletionSource();
        await using var service = await Service(kafka, topic, output, group, static c => c.Unordered(16), async (context, producer) =>
        {
            if (context is { Partition: 0, Offset: 1 }) await release.Task;
            await producer.ProduceAsync(new Output($"{context.Partition}-{context.Offset}"), Cancelled);
        }).StartAsync();
        for (int number = 0; number < 4; number++)
        {
            await FailingService.ProduceAsync(kafka.BootstrapServers, new(topic, 0), null, [1]);
            await FailingService.ProduceAsync(kafka.BootstrapServers, new(topic, 1), null, [1]);
        }

        await service.CommittedAsync(topic, 1, 4);
        await service.CommittedAsync(topic, 0, 1);
        Assert.Equal(["0-0", "1-0", "1-1", "1-2", "1-3"], Committed.Read(kafka.BootstrapServers, output).Select(TextOf).Order(StringComparer.Ordinal));

        release.SetResult();
        await service.CommittedAsync(topic, 0, 4);
        Assert.Equal(8, Committed.Read(kafka.BootstrapServers, output).Distinct().Count());
    }

    [BrokerTheory]
    [InlineData(ConsumerGroupProtocol.Consumer)]
    [InlineData(ConsumerGroupProtocol.Classic)]
    public async Task Members_that_come_and_go_under_load_lose_and_double_nothing(ConsumerGroupProtocol protocol)
    {
        const int Events = 3_000;
        var (kafka, topic, output, group) = await TopicsAsync(6);
        FailingService Member() => Service(
            kafka,
            topic,
            output,
            group,
            c => c.InKeyOrder(16).Configure(options => options.GroupProtocol = protocol),
            async (context, producer) =>
            {
                if (context.Offset % 13 == 0) await Task.Delay(3, Cancelled);
                await producer.ProduceAsync(Out(context), Cancelled);
            });

        await using var steady = await Member().StartAsync();
        var producing = ProduceAsync(kafka, topic, 0, Events);
        await ComeAndGoAsync(Member, 4);

        await producing;
        await GroupOffsets.UntilAsync(kafka, topic, 6, group, Events, or: null, Cancelled);

        Assert.Equal(Texts(Enumerable.Range(0, Events)).Order(StringComparer.Ordinal), Committed.Read(kafka.BootstrapServers, output, 6).Order(StringComparer.Ordinal));
    }

    [BrokerFact]
    public async Task What_was_parked_is_once_in_the_output_or_the_dead_letters_and_in_the_order_of_its_key_while_members_come_and_go()
    {
        const int Events = 1_200;
        var (kafka, topic, output, group) = await TopicsAsync(6);
        FailingService Member() => Service(
            kafka,
            topic,
            output,
            group,
            static c => c.ProvisionTopics().InKeyOrder(16).OnFailure(static f => f.ThenRetryTopics("20ms", "200ms").KeepKeyOrder().ThenDeadLetter()),
            static async (context, producer) =>
            {
                int number = int.Parse(Out(context).Text, CultureInfo.InvariantCulture);
                await producer.ProduceAsync(Out(context), Cancelled);
                if (IsPoison(number) || (number % 7 == 0 && context.Attempt <= 2)) throw new InvalidOperationException("told to fail");
            });

        await using var steady = await Member().StartAsync();
        var producing = ProduceAsync(kafka, topic, 0, Events);
        await ComeAndGoAsync(Member, 3);

        await producing;
        var (visible, dead) = (new List<string>(), new List<string>());
        while (visible.Count + dead.Count < Events)
        {
            Cancelled.ThrowIfCancellationRequested();
            visible = [.. Committed.Read(kafka.BootstrapServers, output, 6)];
            dead = [.. Committed.Read(kafka.BootstrapServers, $"{group}--{topic}--dlq", 6)];
        }

        var numbers = visible.ConvertAll(static text => int.Parse(TextOf(text), CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(0, Events).Where(static number => !IsPoison(number)), numbers.Order());
        Assert.Equal(Enumerable.Range(0, Events).Where(IsPoison), dead.ConvertAll(static text => int.Parse(text, CultureInfo.InvariantCulture)).Order());
        await GroupOffsets.UntilAsync(kafka, topic, 6, group, Events, or: null, Cancelled);

        static bool IsPoison(int number) => number % 97 == 0;
    }

    /// <summary>Retry topics give up the order of keys, and nothing else.</summary>
    [BrokerFact]
    public async Task What_goes_through_retry_topics_is_once_in_each_and_once_in_the_output_or_the_dead_letters_while_members_come_and_go()
    {
        const int Events = 1_200;
        var (kafka, topic, output, group) = await TopicsAsync(6);
        FailingService Member() => Service(
            kafka,
            topic,
            output,
            group,
            static c => c.ProvisionTopics().InKeyOrder(16).OnFailure(static f => f.ThenRetryTopics("20ms", "200ms").AllowReordering().ThenDeadLetter()),
            static async (context, producer) =>
            {
                await producer.ProduceAsync(Out(context), Cancelled);
                if (context.Attempt <= Failures(int.Parse(Out(context).Text, CultureInfo.InvariantCulture))) throw new InvalidOperationException("told to fail");
            });

        await using (var steady = await Member().StartAsync())
        {
            var producing = ProduceAsync(kafka, topic, 0, Events);
            await ComeAndGoAsync(Member, 3);

            await producing;
            await UntilVisibleAsync(kafka, (output, Numbers(0, 1, 2).Length), ($"{group}--{topic}--dlq", Numbers(3).Length));
            await steady.StopAsync();
        }

        Assert.Equal(Numbers(0, 1, 2), Visible(output, TextOf));
        Assert.Equal(Numbers(3), Visible($"{group}--{topic}--dlq"));
        Assert.Equal(Numbers(1, 2, 3), Visible($"{group}--{topic}--retry-20ms"));
        Assert.Equal(Numbers(2, 3), Visible($"{group}--{topic}--retry-200ms"));
        await GroupOffsets.UntilAsync(kafka, topic, 6, group, Events, or: null, Cancelled);

        static int Failures(int number) => number % 97 == 0 ? 3 : number % 7 == 0 ? 2 : number % 5 == 0 ? 1 : 0;

        static int[] Numbers(params int[] failures) => [.. Enumerable.Range(0, Events).Where(number => failures.Contains(Failures(number)))];

        int[] Visible(string of, Func<string, string>? text = null) =>
            [.. Committed.Read(kafka.BootstrapServers, of, 6).Select(value => int.Parse(text?.Invoke(value) ?? value, CultureInfo.InvariantCulture)).Order()];
    }

    /// <summary>Where to begin is asked for until no transaction holds the committed position: no client may be closed under that question, and a stop does not wait until it is given up.</summary>
    [BrokerFact]
    public async Task A_stop_while_the_transaction_of_another_holds_the_committed_position_leaves_the_group_in_time()
    {
        var (kafka, topic, output, group) = await TopicsAsync(1);
        await ProduceAsync(kafka, topic, 0, 10);
        using var producer = new ProducerBuilder<Null, Null>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, TransactionalId = group }).Build();
        await Task.Run(() => HoldPosition(producer, new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = group }, new TopicPartition(topic, 0)), Cancelled);
        using var log = new LogCapture();
        await using var service = await Service(
            kafka, topic, output, group, static _ => { }, static (context, producer) => producer.ProduceAsync(Out(context), Cancelled), services => services.AddLogging(logging => logging.AddProvider(log))).StartAsync();
        await service.UntilAsync(static state => state.Assignments.Count > 0);

        await service.StopAsync();

        Assert.Empty(log.Of(144));
        producer.AbortTransaction(TimeSpan.FromSeconds(30));
        Assert.Empty(Committed.Read(kafka.BootstrapServers, output));
    }

    private static void HoldPosition(IProducer<Null, Null> producer, ConsumerConfig config, TopicPartition partition)
    {
        using var member = new ConsumerBuilder<Ignore, Ignore>(config).Build();
        member.Subscribe(partition.Topic);
        while (member.Assignment.Count == 0)
        {
            member.Consume(TimeSpan.FromMilliseconds(100));
        }

        producer.InitTransactions(TimeSpan.FromSeconds(30));
        producer.BeginTransaction();
        producer.SendOffsetsToTransaction([new TopicPartitionOffset(partition, 5)], member.ConsumerGroupMetadata, TimeSpan.FromSeconds(30));
        member.Close();
    }

    private static FailingService Service(
        KafkaCluster kafka, string topic, string output, string group, Action<EventConsumerBuilder> configure, Func<EventContext, IEventProducer<Output>, Task> handle, Action<IServiceCollection>? register = null) => new(
        kafka.BootstrapServers,
        topic,
        group,
        c => configure(c.InTransactions()),
        context => handle(context, context.Services.GetRequiredService<IEventProducer<Output>>()),
        services =>
        {
            services.AddEventProducer<Output>(output, static p => p.KeyedBy(static one => one.Text));
            register?.Invoke(services);
        });

    private static Output Out(EventContext context) => new(Encoding.UTF8.GetString(context.Value!.Value.Span));

    private static IEnumerable<string> Texts(IEnumerable<int> numbers) => numbers.Select(static number => string.Create(CultureInfo.InvariantCulture, $$"""{"text":"{{number}}"}"""));

    private static string TextOf(string json) => json[9..^2];

    /// <summary>A member that joins, is given something, and leaves again, so many times.</summary>
    private static async Task ComeAndGoAsync(Func<FailingService> member, int times)
    {
        for (int time = 0; time < times; time++)
        {
            await using var passing = await member().StartAsync();
            await passing.UntilAsync(static state => state.Assignments.Count > 0);
            await passing.StopAsync();
        }
    }

    /// <summary>Waits until so many events, or more, are visible in each of some topics.</summary>
    private static async Task UntilVisibleAsync(KafkaCluster kafka, params (string Topic, int Count)[] expected)
    {
        using var admin = kafka.CreateAdminClient();
        foreach (var (topic, count) in expected)
        {
            int partitions = admin.GetMetadata(topic, FailingService.Patience).Topics[0].Partitions.Count;
            while (await Task.Run(() => Committed.Read(kafka.BootstrapServers, topic, partitions).Count, Cancelled) < count) Cancelled.ThrowIfCancellationRequested();
        }
    }

    private static async Task ProduceAsync(KafkaCluster kafka, string topic, int first, int count)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, EnableIdempotence = true, LingerMs = 5 }).Build();
        await Task.WhenAll(Enumerable.Range(first, count).Select(number => producer.ProduceAsync(
            topic, new Message<byte[], byte[]> { Key = Encoding.UTF8.GetBytes($"k{number % 101}"), Value = Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)) }, Cancelled)));
    }

    private async Task<(KafkaCluster Kafka, string Topic, string Output, string Group)> TopicsAsync(int partitions, params KeyValuePair<string, string>[] config)
    {
        var kafka = await broker.Cluster;
        string name = Guid.NewGuid().ToString("N");
        await kafka.CreateTopicAsync($"in-{name}", partitions);
        await kafka.CreateTopicAsync($"out-{name}", partitions == 6 ? 6 : 1, config);
        return (kafka, $"in-{name}", $"out-{name}", $"group-{name}");
    }

    internal sealed record Output(string Text);
}

using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Tests.Hosting;
using EventDriven.Testing;

namespace EventDriven.Kafka.Tests.DeadLetters;

/// <summary>Dead letters as a person looks at them and puts them back, in a host as an application registers it.</summary>
public sealed class EmbeddedDeadLettersTests : IAsyncDisposable
{
    private const string Topic = "inventory--orders--dlq";

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();
    private volatile bool _mended;

    [Fact]
    public async Task Dead_letters_are_listed_with_what_led_to_them_in_the_order_of_their_partitions()
    {
        await using var service = await StartAsync(partitions: 2, eventsEach: 3);

        var letters = await ListAsync(service);

        Assert.Equal(
            ["0@0 of orders[0]@0", "0@1 of orders[0]@1", "0@2 of orders[0]@2", "1@0 of orders[1]@0", "1@1 of orders[1]@1", "1@2 of orders[1]@2"],
            letters.Select(static letter => $"{letter.Partition}@{letter.Offset} of {letter.OriginalTopic}[{letter.OriginalPartition}]@{letter.OriginalOffset}"));
        Assert.All(letters, static letter =>
        {
            Assert.Equal(("inventory", 1, "transient", "System.InvalidOperationException", "not yet", 0), (letter.Group, letter.Attempts, letter.FailureClass, letter.ExceptionType, letter.ExceptionMessage, letter.Redriven));
            Assert.InRange(letter.FailedAt!.Value, letter.Timestamp.AddMinutes(-1), letter.Timestamp.AddMinutes(1));
        });
    }

    [Fact]
    public async Task A_filter_takes_what_all_of_its_properties_agree_on()
    {
        await using var service = await StartAsync(partitions: 2, eventsEach: 3);

        Assert.Equal(2, (await ListAsync(service, new DeadLetterFilter { Partition = 1, FromOffset = 1 })).Count);
        Assert.Single(await ListAsync(service, new DeadLetterFilter { Partition = 1, FromOffset = 1, BeforeOffset = 2 }));
        Assert.Equal(6, (await ListAsync(service, new DeadLetterFilter { ExceptionType = "InvalidOperationException", Group = "inventory", FailedBefore = DateTimeOffset.UtcNow.AddHours(1) })).Count);
        Assert.Empty(await ListAsync(service, new DeadLetterFilter { ExceptionType = "OperationException" }));
        Assert.Empty(await ListAsync(service, new DeadLetterFilter { FailedFrom = DateTimeOffset.UtcNow.AddHours(1) }));
        Assert.Empty(await ListAsync(service, new DeadLetterFilter { Key = Encoding.UTF8.GetBytes("A") }));
        Assert.Equal(2, (await ListAsync(service, new DeadLetterFilter { Where = static letter => letter.OriginalOffset == 2 })).Count);
    }

    [Fact]
    public async Task One_dead_letter_is_found_and_decoded_by_the_serializer_of_its_consumer()
    {
        await using var service = await StartAsync(partitions: 1, eventsEach: 3);
        var browser = service.Services.GetRequiredService<IDeadLetters>();

        var letter = await browser.FindAsync(Topic, 0, 1);

        Assert.Equal("\"1\"", await browser.DecodeAsync(letter!));
        Assert.Null(await browser.FindAsync(Topic, 0, 3));
    }

    [Fact]
    public async Task A_run_puts_each_dead_letter_back_once_and_another_of_its_name_only_what_has_come_since()
    {
        await using var service = await StartAsync(partitions: 2, eventsEach: 5);
        var browser = service.Services.GetRequiredService<IDeadLetters>();
        _mended = true;

        var dry = await browser.RedriveAsync(new RedriveRequest { Topic = Topic, DryRun = true });
        var first = await browser.RedriveAsync(new RedriveRequest { Topic = Topic });
        await service.UntilHandledAsync(10);
        var second = await browser.RedriveAsync(new RedriveRequest { Topic = Topic });

        Assert.Equal((10, 10, 0), (dry.Redriven, first.Redriven, second.Redriven));
        Assert.Equal((true, 0), (first.IsComplete, first.Left));
        Assert.Equal(
            Enumerable.Range(0, 2).SelectMany(static partition => Enumerable.Range(5, 5).Select(offset => $"orders[{partition}]@{offset}")),
            service.Handled.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_canary_stops_and_the_next_run_goes_on_there()
    {
        await using var service = await StartAsync(partitions: 1, eventsEach: 5);
        var browser = service.Services.GetRequiredService<IDeadLetters>();
        _mended = true;

        var canary = await browser.RedriveAsync(new RedriveRequest { Topic = Topic, Limit = 2 });
        await service.UntilHandledAsync(2);
        var rest = await browser.RedriveAsync(new RedriveRequest { Topic = Topic });
        await service.UntilHandledAsync(5);

        Assert.Equal((2, 3, false), (canary.Redriven, canary.Left, canary.IsComplete));
        Assert.Equal((3, true), (rest.Redriven, rest.IsComplete));
        Assert.Equal(5, service.Handled.Count);
    }

    [Fact]
    public async Task What_can_not_be_written_is_not_counted_as_put_back_and_the_next_run_puts_it_back()
    {
        await using var service = await StartAsync(partitions: 2, eventsEach: 5);
        var browser = service.Services.GetRequiredService<IDeadLetters>();
        _mended = true;
        _kafka.Faults.FailNextOnPartition("orders", 1, KafkaRequest.Produce, KafkaFault.TopicAuthorizationFailed);

        var told = await Assert.ThrowsAsync<DeadLetterException>(() => browser.RedriveAsync(new RedriveRequest { Topic = Topic }));
        var next = await browser.RedriveAsync(new RedriveRequest { Topic = Topic });

        // Of the other partition all was written before, and is not written again; of this one nothing was committed past what failed.
        Assert.Contains($"The dead letter at {Topic}[1]@0 was not put back", told.Message, StringComparison.Ordinal);
        Assert.Equal((5, 0, true), (next.Redriven, next.Left, next.IsComplete));
        Assert.Equal(["\"0\"", "\"1\"", "\"2\"", "\"3\"", "\"4\""], Read("orders", 1).Skip(5).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_fails_again_during_a_run_is_left_to_the_next_run_and_not_lost()
    {
        await using var service = await StartAsync(partitions: 1, eventsEach: 3);
        var browser = service.Services.GetRequiredService<IDeadLetters>();

        // Slow enough for what fails again to be read by the run that put it back.
        var first = await browser.RedriveAsync(new RedriveRequest { Topic = Topic, MaxPerSecond = 4 });
        await service.UntilCommittedAsync("orders", 0, 6);
        var second = await browser.RedriveAsync(new RedriveRequest { Topic = Topic });

        Assert.Equal((3, true, 3), (first.Redriven, first.IsComplete, second.Redriven));
    }

    [Fact]
    public async Task What_is_put_back_and_fails_again_counts_how_often()
    {
        await using var service = await StartAsync(partitions: 1, eventsEach: 1);
        var browser = service.Services.GetRequiredService<IDeadLetters>();

        await browser.RedriveAsync(new RedriveRequest { Topic = Topic });
        await service.UntilCommittedAsync("orders", 0, 2);
        await browser.RedriveAsync(new RedriveRequest { Topic = Topic });
        await service.UntilCommittedAsync("orders", 0, 3);

        var letters = await ListAsync(service);
        Assert.Equal([0, 1, 2], letters.Select(static letter => letter.Redriven));
        Assert.Equal([0L, 1, 2], letters.Select(static letter => letter.OriginalOffset!.Value));
        Assert.Single(letters[^1].Headers, static header => header.Name == "eventdriven-redriven");
    }

    [Fact]
    public async Task A_run_with_a_filter_needs_a_name_and_passes_over_the_rest()
    {
        await using var service = await StartAsync(partitions: 1, eventsEach: 4);
        var browser = service.Services.GetRequiredService<IDeadLetters>();
        var filter = new DeadLetterFilter { Where = static letter => letter.OriginalOffset >= 2 };
        _mended = true;

        await Assert.ThrowsAsync<ArgumentException>(() => browser.RedriveAsync(new RedriveRequest { Topic = Topic, Filter = filter }));
        var result = await browser.RedriveAsync(new RedriveRequest { Topic = Topic, Filter = filter, Name = "late" });

        Assert.Equal((2, 2, true), (result.Redriven, result.PassedOver, result.IsComplete));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_put_back_to_its_group_goes_through_its_parked_or_first_retry_topic_and_not_to_others(bool keepsKeyOrder)
    {
        _kafka.CreateTopic("orders", 2);
        await EmbeddedService.ProduceAsync(_kafka, "orders", 1, 2);
        await using var service = await EmbeddedService.StartAsync(
            _kafka,
            ["orders"],
            c => c.InKeyOrder(4).ProvisionTopics().OnFailure(f =>
            {
                f.TreatAsFatal<InvalidOperationException>().ThenRetryTopics("50ms", "100ms").ThenDeadLetter();
                _ = keepsKeyOrder ? f.KeepKeyOrder() : f.AllowReordering();
            }),
            (_, _) => _mended ? Task.CompletedTask : throw new InvalidOperationException("not yet"));
        await service.UntilCommittedAsync("orders", 1, 2);
        _mended = true;

        var result = await service.Services.GetRequiredService<IDeadLetters>().RedriveAsync(new RedriveRequest { Topic = Topic, Target = RedriveTarget.Group });
        await service.UntilHandledAsync(2);

        // As they were read first, and not from the source again.
        Assert.Equal(["orders[1]@0", "orders[1]@1"], service.Handled.Order(StringComparer.Ordinal));
        Assert.Equal((2, true), (result.Redriven, result.IsComplete));
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_is_told_and_not_created()
    {
        await using var service = await StartAsync(partitions: 1, eventsEach: 1);
        var browser = service.Services.GetRequiredService<IDeadLetters>();

        var thrown = await Assert.ThrowsAsync<DeadLetterException>(() => browser.RedriveAsync(new RedriveRequest { Topic = "inventory--order--dlq" }));

        Assert.Contains("'inventory--order--dlq' does not exist", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null, 1000, "Limit")]
    [InlineData(null, 0.0, 1000, "MaxPerSecond")]
    [InlineData(null, double.NaN, 1000, "MaxPerSecond")]
    [InlineData(null, null, 0, "CommitInterval")]
    public async Task A_request_that_makes_no_sense_is_refused(int? limit, double? rate, int interval, string property)
    {
        await using var service = await StartAsync(partitions: 1, eventsEach: 1);
        var browser = service.Services.GetRequiredService<IDeadLetters>();

        var thrown = await Assert.ThrowsAsync<ArgumentException>(() => browser.RedriveAsync(
            new RedriveRequest { Topic = Topic, Limit = limit, MaxPerSecond = rate, CommitInterval = TimeSpan.FromMilliseconds(interval) }));

        Assert.StartsWith(property, thrown.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _kafka.DisposeAsync();

    private static async Task<List<DeadLetter>> ListAsync(EmbeddedService service, DeadLetterFilter? filter = null)
    {
        var letters = new List<DeadLetter>();
        await foreach (var letter in service.Services.GetRequiredService<IDeadLetters>().ListAsync(Topic, filter))
        {
            letters.Add(letter);
        }

        return letters;
    }

    private List<string> Read(string topic, int partition)
    {
        using var consumer = new ConsumerBuilder<Ignore, string>(new ConsumerConfig { BootstrapServers = _kafka.BootstrapServers, GroupId = "reader", EnablePartitionEof = true }).Build();
        consumer.Assign(new TopicPartitionOffset(topic, partition, 0));
        var values = new List<string>();
        while (consumer.Consume(EmbeddedService.Patience) is { IsPartitionEOF: false } record) values.Add(record.Message.Value);
        return values;
    }

    /// <summary>A service all of whose events are dead letters, until it is mended.</summary>
    private async Task<EmbeddedService> StartAsync(int partitions, int eventsEach)
    {
        _kafka.CreateTopic("orders", partitions);
        _kafka.CreateTopic(Topic, partitions);
        for (var partition = 0; partition < partitions; partition++)
        {
            await EmbeddedService.ProduceAsync(_kafka, "orders", partition, eventsEach);
        }

        var service = await EmbeddedService.StartAsync(
            _kafka, ["orders"], c => c.OnFailure(f => f.ThenDeadLetter()), (_, _) => _mended ? Task.CompletedTask : throw new InvalidOperationException("not yet"));
        for (var partition = 0; partition < partitions; partition++)
        {
            await service.UntilCommittedAsync("orders", partition, eventsEach);
        }

        return service;
    }
}

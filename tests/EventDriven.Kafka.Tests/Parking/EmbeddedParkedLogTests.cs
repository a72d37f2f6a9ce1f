using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Tests.Hosting;
using EventDriven.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>Parked logs against an embedded Kafka, made as the engine makes them.</summary>
public sealed class EmbeddedParkedLogTests : IAsyncLifetime
{
    private const string Parked = "inventory--orders--parked";

    private readonly EmbeddedKafka _kafka = EmbeddedKafka.Start();
    private IHost _host = null!;
    private IParkedLogs _logs = null!;

    public ValueTask InitializeAsync()
    {
        _kafka.CreateTopic("orders", 4);
        _kafka.CreateTopic(Parked, 4);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddEventDriven("Kafka", static _ => { });
        builder.Services.AddEventConsumer("orders", "inventory", static c => c.Handle(static (string _, CancellationToken _) => Task.CompletedTask));
        builder.Services.UseEmbeddedKafka(_kafka);
        _host = builder.Build();
        _logs = NewLogs();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Entries_come_back_in_their_order_byte_for_byte()
    {
        var random = new Random(7);
        using var log = Open(2);
        var written = Enumerable.Range(0, 300).Select(_ => ParkedEntries.Random(random)).ToArray();
        foreach (var batch in written.Chunk(50)) await log.AppendAsync(batch, CancellationToken.None).WaitAsync(EmbeddedService.Patience);

        var read = await ReadAllAsync(log, ParkedLogCursor.Tail, 0, 300);

        Assert.Equal(written.Select(ParkedEntries.Describe), read.Select(static record => ParkedEntries.Describe(record.Entry)));
        Assert.Equal(Enumerable.Range(0, 300).Select(static offset => (long)offset), read.Select(static record => record.Offset));
        Assert.Equal((0, 300), await log.GetBoundsAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_read_takes_no_more_than_it_asks_for_and_at_least_one()
    {
        using var log = Open(0);
        await log.AppendAsync([.. Enumerable.Range(1, 10).Select(static number => ParkedEntries.Parked(0, number, "k", new string('x', 1_000)))], CancellationToken.None);
        var all = await ReadAllAsync(log, ParkedLogCursor.Tail, 0, 10);
        var size = all[0].Size;
        Assert.InRange(size, 1_000, 4_000);

        Assert.Single((await ReadAsync(log, 0, maxBytes: 1)).Records);
        var two = await ReadAsync(log, 1, maxBytes: (2 * size) + 10);
        Assert.Equal([1L, 2L], two.Records.Select(static record => record.Offset));
        Assert.Equal((3, 10), (two.Next, two.LogEnd));
    }

    [Fact]
    public async Task A_read_at_the_end_waits_for_what_is_written_and_no_longer_than_asked()
    {
        using var log = Open(1);
        var nothing = await ReadAsync(log, 0, wait: TimeSpan.Zero);
        Assert.Equal((0, 0, 0), (nothing.Records.Count, nothing.Next, nothing.LogEnd));

        var waiting = log.ReadAsync(ParkedLogCursor.Tail, 0, 1_000_000, Timeout.InfiniteTimeSpan, CancellationToken.None);
        await log.AppendAsync([ParkedEntries.Claim()], CancellationToken.None);

        Assert.Equal(ParkedEntryKind.Claim, (await waiting.WaitAsync(EmbeddedService.Patience)).Records.Single().Entry.Kind);
    }

    [Fact]
    public async Task What_waits_ends_with_its_token_with_its_log_and_with_them_all()
    {
        using var cancelling = new CancellationTokenSource();
        using var first = Open(0);
        var second = Open(1);
        using var third = Open(2);
        var cancelled = first.ReadAsync(ParkedLogCursor.Tail, 0, 1, Timeout.InfiniteTimeSpan, cancelling.Token);
        var closed = second.ReadAsync(ParkedLogCursor.Payloads, 0, 1, Timeout.InfiniteTimeSpan, CancellationToken.None);
        var left = third.ReadAsync(ParkedLogCursor.Tail, 0, 1, Timeout.InfiniteTimeSpan, CancellationToken.None);
        await ReadAsync(first, 0, cursor: ParkedLogCursor.Payloads, wait: TimeSpan.Zero);

        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(EmbeddedService.Patience));
        second.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => closed.WaitAsync(EmbeddedService.Patience));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.ReadAsync(ParkedLogCursor.Tail, 0, 1, TimeSpan.Zero, CancellationToken.None));
        await _logs.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left.WaitAsync(EmbeddedService.Patience));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.GetBoundsAsync(CancellationToken.None));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.ReadAsync(ParkedLogCursor.Tail, 0, 1, TimeSpan.Zero, CancellationToken.None));
    }

    [Fact]
    public async Task A_read_that_was_cancelled_takes_nothing_with_it()
    {
        using var log = Open(0);
        using var cancelling = new CancellationTokenSource();
        var cancelled = log.ReadAsync(ParkedLogCursor.Tail, 0, 1, Timeout.InfiniteTimeSpan, cancelling.Token);
        await cancelling.CancelAsync();
        await log.AppendAsync([ParkedEntries.Claim(), ParkedEntries.Claim()], CancellationToken.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(EmbeddedService.Patience));

        Assert.Equal([0L, 1L], (await ReadAllAsync(log, ParkedLogCursor.Tail, 0, 2)).Select(static record => record.Offset));
    }

    [Fact]
    public async Task A_position_that_was_trimmed_away_is_told_and_what_is_left_is_read_from_its_start()
    {
        using var log = Open(3);
        await log.AppendAsync([.. Enumerable.Range(1, 20).Select(static number => ParkedEntries.Parked(0, number, "k"))], CancellationToken.None);
        await ReadAllAsync(log, ParkedLogCursor.Tail, 0, 20);

        await log.TrimAsync(12, CancellationToken.None);

        var gone = await ReadAsync(log, 5);
        Assert.Equal((0, 5, 12, 20), (gone.Records.Count, gone.Next, gone.LogStart, gone.LogEnd));
        Assert.Equal((12, 20), await log.GetBoundsAsync(CancellationToken.None));
        Assert.Equal(Enumerable.Range(12, 8).Select(static offset => (long)offset), (await ReadAllAsync(log, ParkedLogCursor.Tail, 12, 8)).Select(static record => record.Offset));
        // Again below, and beyond the end.
        Assert.Equal(12, (await ReadAsync(log, 0)).LogStart);
        Assert.Equal(20, (await ReadAsync(log, 25)).LogEnd);
        Assert.Equal(19, (await ReadAsync(log, 19)).Records.Single().Offset);
    }

    [Fact]
    public async Task Each_read_begins_exactly_where_it_was_asked_to_whatever_was_read_before()
    {
        var random = new Random(11);
        var logs = Enumerable.Range(0, 4).Select(Open).ToArray();
        foreach (var log in logs)
        {
            for (var batch = 0; batch < 20; batch++)
            {
                await log.AppendAsync([.. Enumerable.Range(1, 20).Select(number => ParkedEntries.Parked(batch, number, "k", new string('x', 500)))], CancellationToken.None);
            }
        }

        for (var round = 0; round < 100; round++)
        {
            await Task.WhenAll(
                from log in logs
                from cursor in Enum.GetValues<ParkedLogCursor>()
                let @from = random.NextInt64(0, 400)
                let maxBytes = random.Next(1, 20_000)
                select CheckAsync(log, cursor, @from, maxBytes));
        }

        foreach (var log in logs) log.Dispose();

        static async Task CheckAsync(IParkedLog log, ParkedLogCursor cursor, long from, int maxBytes)
        {
            for (var reads = 0; reads < 3 && from < 400; reads++)
            {
                var read = await log.ReadAsync(cursor, from, maxBytes, TimeSpan.Zero, CancellationToken.None).WaitAsync(EmbeddedService.Patience);
                Assert.Equal(Enumerable.Range((int)from, read.Records.Count).Select(static offset => (long)offset), read.Records.Select(static record => record.Offset));
                Assert.NotEmpty(read.Records);
                Assert.All(read.Records, static record => Assert.Equal((record.Offset / 20, (int)(record.Offset % 20) + 1), (record.Entry.Id.Claim, record.Entry.Id.Number)));
                Assert.Equal(from + read.Records.Count, read.Next);
                from = read.Next;
            }
        }
    }

    [Fact]
    public async Task A_log_that_nobody_reads_holds_up_no_other_and_is_complete_afterwards()
    {
        using var full = Open(0);
        using var other = Open(1);
        for (var i = 0; i < 40; i++) await full.AppendAsync([.. Enumerable.Range(1, 100).Select(number => ParkedEntries.Parked(i, number, "k", new string('x', 1_000)))], CancellationToken.None);
        await ReadAsync(full, 0, maxBytes: 1);

        var waiting = other.ReadAsync(ParkedLogCursor.Tail, 0, 1_000, Timeout.InfiniteTimeSpan, CancellationToken.None);
        await other.AppendAsync([ParkedEntries.Claim()], CancellationToken.None);
        Assert.Single((await waiting.WaitAsync(EmbeddedService.Patience)).Records);

        Assert.Equal(Enumerable.Range(1, 3_999).Select(static offset => (long)offset), (await ReadAllAsync(full, ParkedLogCursor.Tail, 1, 3_999)).Select(static record => record.Offset));
    }

    [Fact]
    public async Task A_partition_can_be_opened_again_at_once()
    {
        for (var i = 0; i < 20; i++)
        {
            using var log = Open(0);
            await log.AppendAsync([ParkedEntries.Claim(i)], CancellationToken.None);
            Assert.Equal(i + 1, (await ReadAllAsync(log, ParkedLogCursor.Tail, 0, i + 1)).Count);
        }
    }

    [Fact]
    public async Task An_append_that_nobody_waits_for_any_more_is_waited_for_by_the_next()
    {
        using var log = Open(0);
        await log.AppendAsync([ParkedEntries.Claim()], CancellationToken.None);
        _kafka.Faults.StopBroker(1);
        using var cancelling = new CancellationTokenSource();
        var given = log.AppendAsync([ParkedEntries.Parked(0, 1, "k")], cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.WaitAsync(EmbeddedService.Patience));
        var next = log.AppendAsync([ParkedEntries.Parked(0, 2, "k")], CancellationToken.None);
        Assert.False(next.IsCompleted);

        _kafka.Faults.StartBroker(1);

        await next.WaitAsync(EmbeddedService.Patience);
        Assert.Equal([0, 1, 2], (await ReadAllAsync(log, ParkedLogCursor.Tail, 0, 3)).Select(static record => record.Entry.Id.Number));
    }

    [Fact]
    public async Task A_topic_that_is_not_there_is_told_with_the_command_that_makes_it()
    {
        using var log = NewLogs(static _ => "absent").Open(new PartitionId("orders", 9));

        var refused = await Assert.ThrowsAsync<ParkedLogException>(() => log.AppendAsync([ParkedEntries.Claim()], CancellationToken.None).WaitAsync(EmbeddedService.Patience));

        Assert.True(refused.IsRefused);
        Assert.Contains("absent[9]", refused.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _logs.DisposeAsync();
        _host.Dispose();
        await _kafka.DisposeAsync();
    }

    private IParkedLog Open(int partition) => _logs.Open(new PartitionId("orders", partition));

    private IParkedLogs NewLogs(Func<string, string>? topicOf = null)
    {
        var settings = _host.Services.GetRequiredService<ConsumerSettingsComposer>().Compose(_host.Services.GetServices<ConsumerRegistration>().Single(), [])!;
        return _host.Services.GetRequiredService<ParkedLogs>().For(settings, NullLogger.Instance, topicOf);
    }

    private static Task<ParkedLogRead> ReadAsync(IParkedLog log, long from, int maxBytes = 1_000_000, TimeSpan wait = default, ParkedLogCursor cursor = ParkedLogCursor.Tail) =>
        log.ReadAsync(cursor, from, maxBytes, wait, CancellationToken.None).WaitAsync(EmbeddedService.Patience);

    private static async Task<List<ParkedLogRecord>> ReadAllAsync(IParkedLog log, ParkedLogCursor cursor, long from, int count)
    {
        var records = new List<ParkedLogRecord>();
        while (records.Count < count)
        {
            var read = await ReadAsync(log, from, wait: Timeout.InfiniteTimeSpan, cursor: cursor);
            records.AddRange(read.Records);
            from = read.Next;
        }

        return records;
    }
}

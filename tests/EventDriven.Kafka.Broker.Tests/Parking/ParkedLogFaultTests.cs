using System.Diagnostics;
using EventDriven.Kafka.Broker.Tests.Cluster;
using EventDriven.Kafka.Parking;

namespace EventDriven.Kafka.Broker.Tests.Parking;

/// <summary>Parked logs while the broker crashes, freezes and comes back.</summary>
public sealed class ParkedLogFaultTests
{
    private const string Topic = "inventory--orders--parked";

    [BrokerFact]
    public async Task Entries_keep_their_order_and_none_is_lost_or_doubled_while_the_broker_crashes_and_comes_back()
    {
        await using var kafka = await KafkaCluster.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await kafka.CreateTopicAsync(Topic, 1);
        await using var service = new ParkedService(kafka.BootstrapServers, Topic);
        using var log = service.Open();
        using var enough = new CancellationTokenSource();
        var first = new TaskCompletionSource();
        var written = 0;
        var inDoubt = new HashSet<int>();
        var appending = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                var entries = ParkedService.Entries(written + 1, 50);
                try
                {
                    await log.AppendAsync(entries, CancellationToken.None);
                    written += 50;
                    first.TrySetResult();
                }
                catch (ParkedLogException)
                {
                    // A broker that takes longer than the limit of a write to come back: they may stand there, and are written again as the engine does.
                    inDoubt.UnionWith(entries.Select(static entry => entry.Id.Number));
                }
            }
        });
        await first.Task.WaitAsync(ParkedService.Patience);
        // A broker that takes longer than the limit of a read to come back is asked again, as the engine does.
        var tail = ParkedService.UntilAsync(() => ParkedService.ReadAsync(log, 0, 50, ParkedLogCursor.Payloads));

        for (var crash = 0; crash < 2; crash++)
        {
            await kafka.KillAsync(1);
            await kafka.StartNodeAsync(1, TestContext.Current.CancellationToken);
            // What is appended and read from here on shows that both go on by themselves.
            var (_, end) = await ParkedService.UntilAsync(() => log.GetBoundsAsync(CancellationToken.None));
            await ParkedService.UntilAsync(() => ParkedService.ReadAsync(log, end, 100));
        }

        await enough.CancelAsync();
        await appending.WaitAsync(ParkedService.Patience);
        await tail;
        var (start, last) = await log.GetBoundsAsync(CancellationToken.None);
        var read = (await ParkedService.ReadAsync(log, 0, (int)last, ParkedLogCursor.Payloads)).ConvertAll(static record => record.Entry.Id.Number);
        Assert.Equal(0, start);
        Assert.Equal(Enumerable.Range(1, written), read.Distinct());
        Assert.All(read.CountBy(static number => number).Where(static counted => counted.Value > 1), counted => Assert.Contains(counted.Key, inDoubt));
    }

    [BrokerFact]
    public async Task An_append_into_a_frozen_broker_lands_when_it_is_thawed_also_where_nobody_waits_for_it_any_more()
    {
        await using var kafka = await KafkaCluster.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await kafka.CreateTopicAsync(Topic, 1);
        await using var zombie = new ParkedService(kafka.BootstrapServers, Topic);
        using var old = zombie.Open();
        await old.AppendAsync([ParkedService.Entry(1)], CancellationToken.None).WaitAsync(ParkedService.Patience);

        kafka.Pause(1);
        using var waiting = new CancellationTokenSource();
        var delayed = old.AppendAsync(ParkedService.Entries(2, 3), waiting.Token);
        Assert.False(delayed.IsCompleted);
        await waiting.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delayed.WaitAsync(ParkedService.Patience));
        old.Dispose();
        kafka.Resume(1);

        using var log = zombie.Open();
        Assert.Equal([1, 2, 3, 4], (await ParkedService.ReadAsync(log, 0, 4)).Select(static record => record.Entry.Id.Number));
    }

    [BrokerFact]
    public async Task Closing_takes_a_bounded_time_while_the_broker_is_frozen()
    {
        await using var kafka = await KafkaCluster.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await kafka.CreateTopicAsync(Topic, 4);
        var service = new ParkedService(kafka.BootstrapServers, Topic);
        var logs = Enumerable.Range(0, 4).Select(service.Open).ToArray();
        await Task.WhenAll(logs.Select(static log => log.AppendAsync(ParkedService.Entries(1, 10), CancellationToken.None)));
        await Task.WhenAll(logs.Select(static log => ParkedService.ReadAsync(log, 0, 10)));
        await Task.WhenAll(logs.Select(static log => ParkedService.ReadAsync(log, 0, 10, ParkedLogCursor.Payloads)));
        var reads = logs.Select(static log => log.ReadAsync(ParkedLogCursor.Tail, 10, 1, Timeout.InfiniteTimeSpan, CancellationToken.None)).ToArray();

        kafka.Pause(1);
        var bounds = logs[0].GetBoundsAsync(CancellationToken.None);
        var trim = logs[1].TrimAsync(5, CancellationToken.None);
        var started = Stopwatch.GetTimestamp();
        logs[2].Dispose();
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(1));
        await service.Logs.DisposeAsync();
        Assert.True(Stopwatch.GetElapsedTime(started) < ConfluentParkedLogs.LongestClose + TimeSpan.FromSeconds(2), $"It took {Stopwatch.GetElapsedTime(started)}.");

        foreach (var read in reads)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(ParkedService.Patience));
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bounds.WaitAsync(ParkedService.Patience));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trim.WaitAsync(ParkedService.Patience));
        kafka.Resume(1);
        await service.DisposeAsync();
    }

    [BrokerFact]
    public async Task A_read_that_no_broker_answers_says_so_and_the_next_one_goes_on_once_it_is_back()
    {
        await using var kafka = await KafkaCluster.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await kafka.CreateTopicAsync(Topic, 1);
        await using var service = new ParkedService(kafka.BootstrapServers, Topic);
        using var log = service.Open();
        await log.AppendAsync(ParkedService.Entries(1, 3), CancellationToken.None).WaitAsync(ParkedService.Patience);
        await kafka.KillAsync(1);

        var unanswered = await Assert.ThrowsAsync<ParkedLogException>(
            () => log.ReadAsync(ParkedLogCursor.Tail, 0, 1, TimeSpan.Zero, CancellationToken.None).WaitAsync(ParkedService.Patience));
        Assert.False(unanswered.IsRefused);
        await Assert.ThrowsAsync<ParkedLogException>(() => log.GetBoundsAsync(CancellationToken.None).WaitAsync(ParkedService.Patience));

        await kafka.StartNodeAsync(1, TestContext.Current.CancellationToken);
        Assert.Equal([1, 2, 3], (await ParkedService.ReadAsync(log, 0, 3)).Select(static record => record.Entry.Id.Number));
    }
}

using Confluent.Kafka;

namespace EventDriven.Kafka.Tests.Producing;

public sealed class StopTests
{
    [Fact]
    public async Task A_stop_waits_for_everything_under_way_and_for_those_in_line()
    {
        await using var bench = new ProducerBench(capacity: 1);
        var first = bench.Producer.ProduceAsync("k-0");
        var second = bench.Producer.ProduceAsync("k-1");
        var stop = bench.Client.StopAsync(CancellationToken.None);
        var fake = bench.Fake;

        var refused = await Assert.ThrowsAsync<EventProduceException>(() => bench.Producer.ProduceAsync("k-2"));
        Assert.Equal(ProduceFailureReason.Stopping, refused.Reason);
        Assert.False(refused.MayHaveBeenDelivered);
        Assert.False(stop.IsCompleted);
        fake.Report();
        await fake.Arrive(2);
        fake.Report();

        Assert.Empty(await stop.InTime());
        await first.InTime();
        await second.InTime();
        Assert.Equal(["k-0", "k-1"], fake.Values);
        await Await.Until(() => fake.IsDisposed);
    }

    [Fact]
    public async Task A_stop_ends_in_its_time_and_every_task_completes()
    {
        await using var bench = new ProducerBench(capacity: 2);
        using var budget = new CancellationTokenSource();
        EventDelivery? delivery = null;
        var inFlight = bench.Producer.ProduceAsync("k-0");
        await bench.Producer.EnqueueAsync("k-1", ended => delivery = ended);
        var inLine = bench.Producer.ProduceAsync("k-2");
        var alsoInLine = bench.Producer.EnqueueAsync("k-3", static _ => Assert.Fail("No callback after an exception.")).AsTask();
        var stop = bench.Client.StopAsync(budget.Token);
        await budget.CancelAsync();

        var left = await stop.InTime();

        Assert.Equal(4, Assert.Single(left).Value);
        var unknown = await Assert.ThrowsAsync<EventProduceException>(() => inFlight.InTime());
        Assert.Equal((ProduceFailureReason.Stopping, true), (unknown.Reason, unknown.MayHaveBeenDelivered));
        Assert.True(delivery?.Error?.MayHaveBeenDelivered);
        var certain = await Assert.ThrowsAsync<EventProduceException>(() => inLine.InTime());
        Assert.Equal((ProduceFailureReason.Stopping, false), (certain.Reason, certain.MayHaveBeenDelivered));
        await Assert.ThrowsAsync<EventProduceException>(alsoInLine.InTime);
        await bench.Producer.FlushAsync().InTime();
        await Await.Until(() => bench.Fake.IsDisposed);
    }

    [Fact]
    public async Task A_report_that_comes_after_the_stop_gave_up_is_ignored()
    {
        await using var bench = new ProducerBench();
        using var mayReturn = new SemaphoreSlim(0);
        var entered = new TaskCompletionSource();
        await bench.Producer.EnqueueAsync("k-0", _ =>
        {
            entered.SetResult();
            Assert.True(mayReturn.Wait(Patience.Limit));
        });
        var deliveries = 0;
        await bench.Producer.EnqueueAsync("k-1", _ => deliveries++);
        bench.Fake.ReportAll();
        await entered.Task.InTime();

        // The client's thread is stuck in a callback: the stop does not wait for it.
        Assert.Equal(1, Assert.Single(await bench.Client.StopAsync(new CancellationToken(canceled: true)).InTime()).Value);
        mayReturn.Release();
        await bench.Producer.FlushAsync().InTime();
        await Await.Until(() => bench.Fake.IsDisposed);

        Assert.Equal(1, deliveries);
    }

    [Fact]
    public async Task A_stop_of_a_client_that_was_never_used_makes_none()
    {
        await using var bench = new ProducerBench();
        Assert.Empty(await bench.Client.StopAsync(CancellationToken.None).InTime());
        Assert.Empty(bench.Made);
        Assert.Equal(ProduceFailureReason.Stopping, (await Assert.ThrowsAsync<EventProduceException>(() => bench.Producer.ProduceAsync("k"))).Reason);
        await bench.Producer.FlushAsync().InTime();
    }

    [Fact]
    public async Task Calls_that_race_with_a_stop_are_delivered_or_refused_and_never_forgotten()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var bench = new ProducerBench(capacity: 3);
            await bench.Producer.EnqueueAsync("k-first", null);
            var fake = bench.Fake;
            var done = new CancellationTokenSource();
            var reporting = Task.Run(() =>
            {
                while (!done.IsCancellationRequested) fake.ReportAll();
            });
            var calls = Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
            {
                var delivered = 0;
                for (var i = 0; i < 1_000; i++)
                {
                    try
                    {
                        await bench.Producer.ProduceAsync($"{thread}-{i}");
                        delivered++;
                    }
                    catch (EventProduceException refused) when (refused is { Reason: ProduceFailureReason.Stopping, MayHaveBeenDelivered: false })
                    {
                        break;
                    }
                }

                return delivered;
            })).ToArray();
            await Await.Until(() => fake.Records.Count > 20);

            Assert.Empty(await bench.Client.StopAsync(CancellationToken.None).InTime());

            var delivered = (await Task.WhenAll(calls).InTime()).Sum();
            await done.CancelAsync();
            await reporting.InTime();
            Assert.Equal(fake.Records.Count - 1, delivered);
            await Await.Until(() => fake.IsDisposed);
        }
    }
}

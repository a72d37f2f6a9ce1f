using EventDriven.Kafka.Hosting;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>Control of one consumer over the life of its host, whatever its engine does.</summary>
public class ConsumerControlTests
{
    [Fact]
    public async Task One_consumer_is_stopped_and_started_while_the_host_runs()
    {
        await using var test = new TestHost();
        test.Consumer(group: "a").Consumer(group: "b");
        await test.StartAsync();
        await test.Runners["b"].Started;

        await test.Control("a").StopAsync();
        Assert.Equal(["a started", "b started", "a stopping", "a stopped"], test.Runners.Log);

        // The drain timeout, and what it takes to leave the group.
        Assert.Equal(TimeSpan.FromSeconds(15), test.Runners["a"].StopBudget);
        test.Control("a").Start();
        Assert.Equal("a started", test.Runners.Log.Last());
    }

    [Fact]
    public async Task Stopped_before_the_host_has_started_it_is_not_started_until_it_is_told_to()
    {
        await using var test = new TestHost();
        test.Consumer();
        await test.Control().StopAsync();
        Assert.True(test.Control().Status.IsStoppedByApplication);
        await test.StartAsync();
        Assert.Equal(ConsumerState.Stopped, test.Control().State);
        Assert.Empty(test.Runners.Log);

        test.Control().Start();

        Assert.Equal(["inventory started"], test.Runners.Log);
        Assert.False(test.Control().Status.IsStoppedByApplication);
    }

    [Fact]
    public async Task Stopped_and_started_while_it_waits_for_its_cluster_it_starts_with_the_cluster()
    {
        await using var test = new TestHost();
        test.Inspector.Answer = static _ => new TopicInspection { Unreachable = "Connection refused" };
        await test.Consumer().StartAsync();
        await test.Time.NextWaitAsync();
        await test.Control().StopAsync();
        Assert.Equal(ConsumerState.Stopped, test.Control().State);
        test.Control().Start();
        Assert.Equal(ConsumerState.WaitingForCluster, test.Control().State);
        Assert.Empty(test.Runners.Log);

        test.Inspector.Answer = static _ => new TopicInspection();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.Runners["inventory"].Started.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(["inventory started"], test.Runners.Log);
    }

    [Fact]
    public async Task One_that_has_ended_by_itself_stays_ended_while_the_cluster_is_looked_at()
    {
        await using var test = new TestHost();
        test.Inspector.Answer = static _ => new TopicInspection { Missing = ["returns"] };
        await test.Consumer().Consumer("returns", "billing").StartAsync();
        await test.Time.NextWaitAsync();

        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.Time.NextWaitAsync();

        Assert.Equal(["inventory started"], test.Runners.Log);
    }

    [Fact]
    public async Task Once_the_host_stops_nothing_is_started_any_more()
    {
        await using var test = new TestHost();
        await test.Consumer().StartAsync();
        await test.StopAsync();

        var refused = Assert.Throws<InvalidOperationException>(() => test.Control().Start());

        Assert.Equal("Consumer 'inventory' can't be started: the host is stopping, or has stopped.", refused.Message);
        await test.Control().StopAsync();
    }

    [Fact]
    public async Task Pauses_of_partitions_are_remembered_from_before_the_start()
    {
        await using var test = new TestHost();
        test.Consumer();
        test.Control().Pause("orders", 1);
        test.Control().Pause("orders", 2);
        test.Control().Resume("orders", 2);

        await test.StartAsync();
        test.Control().Resume("orders", 1);

        Assert.Equal(["inventory pause orders[1]", "inventory started", "inventory resume orders[1]"], test.Runners.Log);
    }

    [Fact]
    public async Task A_seek_before_the_start_is_refused_and_one_that_makes_no_sense_too()
    {
        await using var test = new TestHost();
        test.Consumer();

        var early = await Assert.ThrowsAsync<InvalidOperationException>(() => test.Control().SeekAsync("orders", 0, 7));
        Assert.Equal("The seek on orders[0] was not done: consumer 'inventory' is not running.", early.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = test.Control().SeekAsync("orders", 0, -1); });
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Control().Pause("orders", -1));
        Assert.Throws<ArgumentException>(() => test.Control().Pause("", 0));
    }
}

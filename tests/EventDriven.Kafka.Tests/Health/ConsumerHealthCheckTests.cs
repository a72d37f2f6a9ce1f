using EventDriven.Kafka.Health;
using EventDriven.Kafka.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EventDriven.Kafka.Tests.Health;

public class ConsumerHealthCheckTests
{

    [Fact]
    public async Task Each_consumer_has_a_check_that_is_ready_and_never_live()
    {
        await using var test = new TestHost();
        test.Consumer().Consumer("returns", "billing");
        await test.StartAsync();

        var report = await test.Host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal(["eventdriven-billing", "eventdriven-cluster-Kafka", "eventdriven-inventory"], report.Entries.Keys.Order(StringComparer.Ordinal));
        Assert.All(report.Entries.Values, entry => Assert.Equal(["ready"], entry.Tags));
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal("Consumer 'inventory' is running.", report.Entries["eventdriven-inventory"].Description);
    }

    [Fact]
    public async Task Before_the_start_and_without_a_cluster_it_is_unhealthy_and_says_what_is_missing()
    {
        await using var test = new TestHost();
        test.Inspector.Answer = static _ => new EventDriven.Kafka.Hosting.TopicInspection { Unreachable = "Connection refused" };
        test.Consumer();
        var health = test.Host.Services.GetRequiredService<HealthCheckService>();

        Assert.Equal("Consumer 'inventory': it is starting.", (await health.CheckHealthAsync()).Entries["eventdriven-inventory"].Description);
        await test.StartAsync();
        await test.Time.NextWaitAsync();
        var waiting = (await health.CheckHealthAsync()).Entries["eventdriven-inventory"];

        Assert.Equal(HealthStatus.Unhealthy, waiting.Status);
        Assert.Equal(
            "Consumer 'inventory': it waits for the cluster, and starts by itself. BootstrapServers: no broker answers at 'broker:9092' (Connection refused). "
            + "Start the brokers, or correct the address or the settings in Security.",
            waiting.Description);
    }

    [Fact]
    public void The_data_describe_each_partition()
    {
        var result = Check(new ConsumerStatus { State = ConsumerState.Running, IsPaused = true, Partitions = [Partition(3), new PartitionStatus { Topic = "orders", Partition = 4 }] });

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal("Consumer 'inventory' is running, paused by the application.", result.Description);
        Assert.Equal("Running", result.Data["state"]);
        Assert.Equal(true, result.Data["paused"]);
        Assert.Equal("position 41, committed 40, in flight 2, buffered 7, lag 9, oldest in flight for 1.2 s, paused by Backpressure and User", result.Data["orders[3]"]);
        Assert.Equal("position unknown, committed unknown, in flight 0, buffered 0", result.Data["orders[4]"]);
    }

    [Fact]
    public void A_failing_event_a_stuck_one_and_a_lost_cluster_are_told_together()
    {
        var result = Check(new ConsumerStatus
        {
            State = ConsumerState.Running,
            UnreachableSince = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Partitions = [Partition(3, stoppedBy: "TimeoutException"), Partition(4, isStuck: true)],
        });

        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Equal(
            "Consumer 'inventory': No broker answers since 2026-01-02 03:04:05Z; it goes on by itself when one does. "
            + "orders[3] is stopped at offset 41 by TimeoutException: the event failed and is not committed. Mend the cause, then restart the host or call IEventConsumerControl.Retry. "
            + "orders[4] has an event that has been in its handler for 360.0 s.",
            result.Description);
        Assert.EndsWith(", stopped at 41 by TimeoutException", (string)result.Data["orders[3]"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConsumerState.Failed, "the broker has fenced it", "it can't go on: the broker has fenced it")]
    [InlineData(ConsumerState.Stopped, "events expired", "it has stopped: events expired")]
    [InlineData(ConsumerState.Stopped, null, "it has stopped.")]
    [InlineData(ConsumerState.Stopping, null, "it is stopping.")]
    public void A_consumer_that_does_not_run_is_unhealthy(ConsumerState state, string? reason, string description)
    {
        var result = Check(new ConsumerStatus { State = state, Reason = reason });

        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Equal($"Consumer 'inventory': {description}", result.Description);
    }

    [Fact]
    public void The_application_may_choose_another_status_for_failures() =>
        Assert.Equal(HealthStatus.Degraded, ConsumerHealthCheck.Check("inventory", new ConsumerStatus { State = ConsumerState.Failed }, HealthStatus.Degraded).Status);

    [Fact]
    public void A_pattern_that_matches_nothing_degrades_it()
    {
        var waiting = Check(new ConsumerStatus { State = ConsumerState.WaitingForTopics, Reason = "No topic matches '^orders'; the cluster is asked every 00:00:30.", UnmatchedPatterns = ["^orders"] });
        var running = Check(new ConsumerStatus { State = ConsumerState.Running, UnmatchedPatterns = ["^orders", "^returns"] });

        Assert.Equal(HealthStatus.Degraded, waiting.Status);
        Assert.Equal("Consumer 'inventory' waits for topics. No topic matches '^orders'; the cluster is asked every 00:00:30.", waiting.Description);
        Assert.Equal(HealthStatus.Degraded, running.Status);
        Assert.Equal("Consumer 'inventory' is running, but no topic matches '^orders', '^returns'.", running.Description);
    }

    [Theory]
    [InlineData(ConsumerState.Stopping, "Consumer 'inventory' is being stopped by the application.")]
    [InlineData(ConsumerState.Stopped, "Consumer 'inventory' was stopped by the application.")]
    public void What_the_application_has_stopped_is_healthy(ConsumerState state, string description)
    {
        var result = Check(new ConsumerStatus { State = state, IsStoppedByApplication = true });

        Assert.Equal(HealthStatus.Healthy, result.Status);
        Assert.Equal(description, result.Description);
    }

    private static PartitionStatus Partition(int number, string? stoppedBy = null, bool isStuck = false) => new()
    {
        Topic = "orders",
        Partition = number,
        Position = 41,
        CommittedPosition = 40,
        LogEnd = 50,
        InFlight = 2,
        Buffered = 7,
        OldestInFlight = isStuck ? TimeSpan.FromMinutes(6) : TimeSpan.FromMilliseconds(1_240),
        IsStuck = isStuck,
        StoppedAt = stoppedBy is null ? null : 41,
        StoppedBy = stoppedBy,
        PauseReasons = ["Backpressure", "User"],
    };

    private static HealthCheckResult Check(ConsumerStatus status) => ConsumerHealthCheck.Check("inventory", status, HealthStatus.Unhealthy);
}

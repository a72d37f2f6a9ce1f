using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Tests.Consuming;

public sealed class ConsumerWaitersTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(30);

    private readonly ConsumerWaiters _waiters = new();

    [Fact]
    public async Task What_holds_already_needs_no_further_look() =>
        await _waiters.WaitAsync(_ => true, () => Snapshot(0), CancellationToken.None).WaitAsync(Generous);

    [Fact]
    public async Task It_ends_with_the_look_at_which_the_condition_holds()
    {
        var waiting = _waiters.WaitAsync(snapshot => snapshot.Finished == 2, () => Snapshot(0), CancellationToken.None);

        _waiters.Look(() => Snapshot(1));
        Assert.False(waiting.IsCompleted);

        _waiters.Look(() => Snapshot(2));
        await waiting.WaitAsync(Generous);
    }

    [Fact]
    public async Task A_condition_that_throws_fails_its_own_waiter_only()
    {
        var failing = _waiters.WaitAsync(_ => throw new InvalidOperationException("condition"), () => Snapshot(0), CancellationToken.None);
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing.WaitAsync(Generous));

        var other = _waiters.WaitAsync(snapshot => snapshot.Finished == 1, () => Snapshot(0), CancellationToken.None);
        _waiters.Look(() => Snapshot(1));
        await other.WaitAsync(Generous);
    }

    [Fact]
    public async Task Nobody_is_asked_for_a_snapshot_while_nobody_waits()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = _waiters.WaitAsync(_ => false, () => Snapshot(0), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Generous));

        _waiters.Look(() => throw new InvalidOperationException("asked"));
    }

    private static ConsumerSnapshot Snapshot(long finished) => new()
    {
        IsStarted = true,
        IsRunning = true,
        IsPaused = false,
        IsStopping = false,
        IsCompleted = false,
        Assignments = [],
        Committed = new Dictionary<PartitionId, long>(),
        Finished = finished,
        Expired = 0,
        LastError = null, ErrorSince = null,
        Refused = null,
        Unmatched = [],
        WaitsForTopics = false,
        End = null,
    };
}

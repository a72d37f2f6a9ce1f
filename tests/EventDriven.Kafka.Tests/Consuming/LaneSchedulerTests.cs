using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka.Tests.Consuming;

public sealed class LaneSchedulerTests
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task No_more_records_than_allowed_are_in_handlers_at_once()
    {
        var pipeline = new GatedPipeline(expected: 50);
        var (scheduler, assignment) = Create(pipeline, maxWorkers: 4, OrderingMode.None);
        var lanes = new List<Lane>();
        for (var offset = 0; offset < 50; offset++)
        {
            assignment.Append(Record(offset, null), new AssignmentLimits(1_000, 1_000_000), out var lane);
            lanes.Add(lane!);
        }

        scheduler.EnqueueAll(lanes);
        for (var i = 0; i < 50; i++)
        {
            await pipeline.Arrived.WaitAsync(Generous);
            Assert.InRange(pipeline.Inside, 1, 4);
            if (i >= 3)
            {
                pipeline.Leave.Release();
            }
        }

        pipeline.Leave.Release(3);
        await pipeline.Done.WaitAsync(Generous);
        Assert.Equal(4, pipeline.Most);
    }

    [Fact]
    public async Task A_hot_key_does_not_hold_up_another()
    {
        var order = new List<string>();
        var pipeline = new RecordingPipeline(order, expected: 1_001);
        var (scheduler, assignment) = Create(pipeline, maxWorkers: 1, OrderingMode.Key);
        var lanes = new List<Lane>();
        for (var offset = 0; offset < 1_000; offset++)
        {
            assignment.Append(Record(offset, [1]), new AssignmentLimits(10_000, 10_000_000), out var hot);
            lanes.AddRange(hot is null ? [] : [hot]);
        }

        assignment.Append(Record(1_000, [2]), new AssignmentLimits(10_000, 10_000_000), out var cold);
        lanes.Add(cold!);
        scheduler.EnqueueAll(lanes);
        await pipeline.Done.WaitAsync(Generous);

        Assert.InRange(order.IndexOf("2"), 1, 100);
    }

    [Theory]
    [InlineData(OrderingMode.Key)]
    [InlineData(OrderingMode.Partition)]
    [InlineData(OrderingMode.None)]
    public async Task Nothing_is_lost_or_reordered_under_threads(OrderingMode ordering)
    {
        const int Count = 30_000;
        var pipeline = new CheckingPipeline(ordering, Count);
        var (scheduler, assignment) = Create(pipeline, maxWorkers: 8, ordering);
        var lanes = new List<Lane>();
        for (var offset = 0; offset < Count; offset++)
        {
            assignment.Append(Record(offset, [(byte)(offset * 31 % 17)]), new AssignmentLimits(Count + 1, long.MaxValue), out var lane);
            lanes.AddRange(lane is null ? [] : [lane]);
            if (offset % 7 == 0)
            {
                scheduler.EnqueueAll(lanes);
                lanes.Clear();
            }
        }

        scheduler.EnqueueAll(lanes);
        await pipeline.Done.WaitAsync(Generous);

        Assert.Equal(0, pipeline.Violations);
        assignment.BeginDrain(includeBuffered: true, () => { });
        using var drained = new CancellationTokenSource(Generous);
        while (!assignment.IsDrained)
        {
            drained.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.Equal(Count, assignment.Position!.Value.Offset);
    }

    private static (LaneScheduler Scheduler, PartitionAssignment Assignment) Create(IEventPipeline pipeline, int maxWorkers, OrderingMode ordering)
    {
        var scheduler = new LaneScheduler(pipeline, maxWorkers);
        var options = new EventConsumerOptions { Ordering = ordering, MaxReplay = 1_000_000 };
        return (scheduler, new PartitionAssignment(AssignmentBench.Id, options, scheduler, TimeProvider.System, []));
    }

    private static ConsumedRecord Record(long offset, byte[]? key) => new()
    {
        Topic = "orders", Partition = 0, Offset = offset, TimestampMs = 0, Key = key,
    };

    private sealed class GatedPipeline(int expected) : IEventPipeline
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _inside;
        private int _most;
        private int _left = expected;

        public SemaphoreSlim Arrived { get; } = new(0);

        public SemaphoreSlim Leave { get; } = new(0);

        public Task Done => _done.Task;

        public int Inside => Volatile.Read(ref _inside);

        public int Most => Volatile.Read(ref _most);

        public ValueTask<ProcessingResult> HandOverAsync(in ConsumedRecord record, EventFailure failure, ProcessingTokens tokens) => throw new NotSupportedException();

        public ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens) => HandleAsync();

        private async ValueTask<ProcessingResult> HandleAsync()
        {
            var inside = Interlocked.Increment(ref _inside);
            lock (Arrived)
            {
                _most = Math.Max(_most, inside);
            }

            Arrived.Release();
            await Leave.WaitAsync();
            Interlocked.Decrement(ref _inside);
            if (Interlocked.Decrement(ref _left) == 0)
            {
                _done.SetResult();
            }

            return ProcessingResult.Handled();
        }
    }

    private sealed class RecordingPipeline(List<string> order, int expected) : IEventPipeline
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public ValueTask<ProcessingResult> HandOverAsync(in ConsumedRecord record, EventFailure failure, ProcessingTokens tokens) => throw new NotSupportedException();

        public ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens)
        {
            order.Add(record.Key![0].ToString());
            if (order.Count == expected)
            {
                _done.SetResult();
            }

            return ValueTask.FromResult(ProcessingResult.Handled());
        }
    }

    /// <summary>Notes a violation for each record that starts before its predecessor has ended, and ends some at once, some later.</summary>
    private sealed class CheckingPipeline(OrderingMode ordering, int expected) : IEventPipeline
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly long[] _last = [.. Enumerable.Repeat(-1L, 17)];
        private readonly int[] _inside = new int[17];
        private int _left = expected;
        private int _violations;

        public Task Done => _done.Task;

        public int Violations => Volatile.Read(ref _violations);

        public ValueTask<ProcessingResult> HandOverAsync(in ConsumedRecord record, EventFailure failure, ProcessingTokens tokens) => throw new NotSupportedException();

        public ValueTask<ProcessingResult> ProcessAsync(in ConsumedRecord record, ProcessingTokens tokens)
        {
            var lane = ordering == OrderingMode.Partition ? 0 : record.Key![0];
            if (ordering != OrderingMode.None
                && (Interlocked.Increment(ref _inside[lane]) != 1 || Interlocked.Exchange(ref _last[lane], record.Offset) >= record.Offset))
            {
                Interlocked.Increment(ref _violations);
            }

            return EndAsync(lane, later: record.Offset % 5 == 0);
        }

        private async ValueTask<ProcessingResult> EndAsync(int lane, bool later)
        {
            if (later)
            {
                await Task.Yield();
            }

            Interlocked.Decrement(ref _inside[lane]);
            if (Interlocked.Decrement(ref _left) == 0)
            {
                _done.SetResult();
            }

            return ProcessingResult.Handled();
        }
    }
}

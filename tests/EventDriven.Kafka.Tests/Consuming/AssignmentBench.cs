using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Parking;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Consuming;

/// <summary>One assignment, driven by hand: records go in by offset and key, ready lanes come out in order.</summary>
internal sealed class AssignmentBench : ILaneQueue
{
    public static readonly PartitionId Id = new("orders", 0);

    private readonly Queue<Lane> _ready = new();
    private readonly Dictionary<long, Lane> _running = [];
    private readonly Dictionary<long, ConsumedRecord> _records = [];
    private readonly Dictionary<long, EventBatch> _batches = [];

    public AssignmentBench(OrderingMode ordering = OrderingMode.Key, int maxReplay = 10_000, params PartitionAssignment[] predecessors)
        : this(new EventConsumerOptions { Ordering = ordering, MaxReplay = maxReplay }, predecessors)
    {
    }

    public AssignmentBench(EventConsumerOptions options, params PartitionAssignment[] predecessors) =>
        Assignment = new PartitionAssignment(Id, options, this, Time, predecessors);

    /// <summary>One whose assignment parks what fails.</summary>
    public AssignmentBench(EventConsumerOptions options, ParkingSettings parking) =>
        Assignment = new PartitionAssignment(Id, options, this, Time, [], new PartitionParking(Id, parking, options, Time));

    /// <summary>One that parks what fails, and whose outputs and positions go into transactions.</summary>
    public AssignmentBench(EventConsumerOptions options, ParkingSettings parking, Action onFinished) =>
        Assignment = new PartitionAssignment(Id, options, this, Time, [], new PartitionParking(Id, parking, options, Time) { IsTransactional = true }, onFinished);

    /// <summary>One whose outputs and positions go into transactions.</summary>
    public AssignmentBench(EventConsumerOptions options, Action onFinished) =>
        Assignment = new PartitionAssignment(Id, options, this, Time, [], onFinished: onFinished);

    public static AssignmentBench OfBatches(
        int maxEvents, TimeSpan maxWait, OrderingMode ordering = OrderingMode.Key, int maxReplay = 10_000, params PartitionAssignment[] predecessors) =>
        new(new EventConsumerOptions { Ordering = ordering, MaxReplay = maxReplay, MaxBatchEvents = maxEvents, MaxBatchWait = maxWait }, predecessors);

    public FakeTimeProvider Time { get; } = new();

    public PartitionAssignment Assignment { get; }

    public AssignmentLimits Limits { get; set; } = new(1_000, 1_000_000);

    public int Drained { get; private set; }

    public void Enqueue(Lane lane) => _ready.Enqueue(lane);

    public void EnqueueAll(List<Lane> lanes) => lanes.ForEach(_ready.Enqueue);

    /// <param name="offset">The offset.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="due">When the record is due, from now on; null for one that has no due time.</param>
    public AppendResult Append(long offset, string? key = null, byte[]? value = null, TimeSpan? due = null)
    {
        var result = Assignment.Append(
            new ConsumedRecord
            {
                Topic = Id.Topic,
                Partition = Id.Partition,
                Offset = offset,
                TimestampMs = 0,
                LeaderEpoch = 1,
                Key = key is null ? null : System.Text.Encoding.UTF8.GetBytes(key),
                Value = value,
                Origin = due is { } wait
                    ? new EventOrigin { Partition = Id, Offset = offset, TimestampMs = 0, DueAt = Time.GetTimestamp() + (long)(wait.TotalSeconds * Time.TimestampFrequency) }
                    : null,
            },
            Limits,
            out var ready);
        if (ready is not null)
        {
            _ready.Enqueue(ready);
        }

        return result;
    }

    /// <summary>Gives every lane in the ready queue to a worker.</summary>
    /// <returns>The offsets that were started, in order.</returns>
    public List<long> StartAll()
    {
        var started = new List<long>();
        for (var left = _ready.Count; left > 0; left--)
        {
            var lane = _ready.Dequeue();
            Step(lane, lane.Assignment.Begin(lane, out var record), record, started);
        }

        return started;
    }

    /// <summary>Gives everything in the ready queue of a consumer of batches to workers.</summary>
    /// <returns>The offsets that were started, batch by batch; those on their own are a batch of one.</returns>
    public List<long[]> StartBatches()
    {
        var started = new List<long[]>();
        while (_ready.TryDequeue(out var lane))
        {
            if (!lane.IsForBatch)
            {
                if (lane.Assignment.Begin(lane, out var record) == LaneStep.Run)
                {
                    _running.Add(record.Offset, lane);
                    started.Add([record.Offset]);
                }

                continue;
            }

            var batch = new EventBatch();
            if (lane.Assignment.BeginBatch(batch))
            {
                var offsets = Enumerable.Range(0, batch.Count).Select(i => batch[i].Record.Offset).ToArray();
                _batches.Add(offsets[0], batch);
                started.Add(offsets);
            }
        }

        return started;
    }

    /// <summary>Ends a batch.</summary>
    /// <param name="first">Its first offset.</param>
    /// <param name="outcomes">How its events came out; handled those that are not said.</param>
    public void FinishBatch(long first, params BatchOutcome[] outcomes)
    {
        Assert.True(_batches.Remove(first, out var batch), $"No batch that begins with offset {first} runs.");
        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Outcome = i < outcomes.Length ? outcomes[i] : BatchOutcome.Handled;
            batch[i].Error = batch[i].Outcome == BatchOutcome.Failed ? new InvalidOperationException("poison") : null;
        }

        Assignment.FinishBatch(batch);
    }

    /// <summary>Why the record on its own at an offset has failed in its batch.</summary>
    public Exception? FailureAt(long offset) => _running[offset].Failure;

    /// <summary>Ends the handler of an offset.</summary>
    /// <returns>What its worker started next.</returns>
    public List<long> Finish(long offset, ProcessingResult? result = null, bool mayContinue = true)
    {
        Assert.True(_running.Remove(offset, out var lane), $"Offset {offset} does not run.");
        var started = new List<long>();
        Step(lane, lane.Assignment.Finish(lane, result ?? ProcessingResult.Handled(), mayContinue, out var next), next, started);
        return started;
    }

    /// <summary>The record that was started last at an offset.</summary>
    public ConsumedRecord RecordOf(long offset) => _records[offset];

    /// <summary>Ends the handler of an offset as a worker does whose event has failed and is to be parked.</summary>
    /// <returns>What its worker started next; the task ends when the parked log has answered.</returns>
    public async Task<List<long>> ParkAsync(long offset, int step, TimeSpan delay)
    {
        var dueAt = (Time.GetUtcNow() + delay).ToUnixTimeMilliseconds();
        var outcome = await Assignment.ParkAsync(_running[offset], _records[offset], _records[offset].Headers, 0, step, (_records[offset].Origin?.Attempts ?? 0) + 1, dueAt);
        var failure = new EventFailure { Class = FailureClass.Transient, Error = new InvalidOperationException("poison"), Attempts = 1, FailedAt = Time.GetUtcNow() };
        return Finish(offset, outcome == Outcome.Unfinished ? ProcessingResult.Unfinished(1) : ProcessingResult.HandedOver(failure, outcome), mayContinue: false);
    }

    public void BeginDrain(bool includeBuffered = false) => Assignment.BeginDrain(includeBuffered, () => Drained++);

    private void Step(Lane lane, LaneStep step, in ConsumedRecord record, List<long> started)
    {
        switch (step)
        {
            case LaneStep.Run:
                _running.Add(record.Offset, lane);
                _records[record.Offset] = record;
                started.Add(record.Offset);
                break;

            case LaneStep.Requeue:
                _ready.Enqueue(lane);
                break;

            case LaneStep.Release:
                break;
        }
    }
}

using System.Collections.Concurrent;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka.Consuming;

/// <summary>
/// Takes ready lanes in turn and handles a burst of each: at most so many at once, none of them a thread of its own. Workers exist only while there is work.
/// </summary>
internal sealed class LaneScheduler : ILaneQueue
{
    /// <summary>How many records of a lane are handled before other lanes get their turn: enough to pay for the queue, few enough to be fair.</summary>
    private const int Burst = 64;

    private readonly ConcurrentQueue<Lane> _ready = new();
    private readonly ConcurrentQueue<EventBatch> _idle = new();
    private readonly IEventPipeline _pipeline;
    private readonly IBatchPipeline? _batches;
    private readonly int _maxWorkers;
    private readonly Worker _worker;
    private int _workers;

    /// <param name="pipeline">Handles the records; in a consumer of batches one that handles those too.</param>
    /// <param name="maxWorkers">How many records, or batches, may be in handlers at once.</param>
    public LaneScheduler(IEventPipeline pipeline, int maxWorkers)
    {
        _pipeline = pipeline;
        _batches = pipeline as IBatchPipeline;
        _maxWorkers = maxWorkers;
        _worker = new Worker(this);
    }

    public void Enqueue(Lane lane)
    {
        _ready.Enqueue(lane);
        AddWorker();
    }

    /// <summary>Takes lanes that became ready together: one worker is woken, and wakes others as it finds more to do.</summary>
    public void EnqueueAll(List<Lane> lanes)
    {
        foreach (var lane in lanes)
        {
            _ready.Enqueue(lane);
        }

        AddWorker();
    }

    private void AddWorker()
    {
        if (TryTakePlace())
        {
            ThreadPool.UnsafeQueueUserWorkItem(_worker, preferLocal: false);
        }
    }

    private async Task WorkAsync()
    {
        do
        {
            while (_ready.TryDequeue(out var lane))
            {
                if (!_ready.IsEmpty)
                {
                    AddWorker();
                }

                if (_batches is not null)
                {
                    await HandleAsync(lane, _batches).ConfigureAwait(false);
                    continue;
                }

                var assignment = lane.Assignment;
                var step = assignment.Begin(lane, out var record);
                for (var handled = 1; step == LaneStep.Run; handled++)
                {
                    var task = _pipeline.ProcessAsync(record, assignment.Tokens);
                    var result = task.IsCompletedSuccessfully ? task.Result : await task.ConfigureAwait(false);
                    if (result.Outcome == Outcome.Failed)
                    {
                        HandOver(lane, record, result.Failure!);
                        step = LaneStep.Release;
                        break;
                    }

                    step = assignment.Finish(lane, result, mayContinue: handled < Burst, out record);
                }

                if (step == LaneStep.Requeue)
                {
                    _ready.Enqueue(lane);
                }
            }

            Interlocked.Decrement(ref _workers);

            // A lane that came after the last look may have found all workers taken, this one included.
        }
        while (!_ready.IsEmpty && TryTakePlace());
    }

    /// <summary>Handles the next batch of an assignment, or one record that has no place in a batch.</summary>
    private async ValueTask HandleAsync(Lane lane, IBatchPipeline pipeline)
    {
        var assignment = lane.Assignment;
        if (!lane.IsForBatch)
        {
            if (assignment.Begin(lane, out var record) == LaneStep.Run)
            {
                var failure = lane.Failure;
                lane.Failure = null;
                var result = failure is null
                    ? await pipeline.ProcessAsync(record, assignment.Tokens).ConfigureAwait(false)
                    : await pipeline.ProcessFailedAsync(record, failure, assignment.Tokens).ConfigureAwait(false);
                if (result.Outcome == Outcome.Failed)
                {
                    HandOver(lane, record, result.Failure!);
                }
                else
                {
                    assignment.Finish(lane, result, mayContinue: false, out _);
                }
            }

            return;
        }

        if (!_idle.TryDequeue(out var batch))
        {
            batch = new EventBatch();
        }

        if (assignment.BeginBatch(batch))
        {
            await pipeline.ProcessBatchAsync(batch, assignment.Tokens).ConfigureAwait(false);
            assignment.FinishBatch(batch);
        }

        batch.Clear();
        _idle.Enqueue(batch);
    }

    /// <summary>
    /// Lets the lane wait for the next step of the failure policy, which takes as long as brokers need, without a worker: other lanes go on. How many wait so is
    /// bounded by the records that are held. Nobody awaits it, as nobody awaits a worker: its end is the lane's, and an exception, which neither the pipeline nor an
    /// assignment ever throws, must end the process.
    /// </summary>
    private async void HandOver(Lane lane, ConsumedRecord record, EventFailure failure)
    {
        var assignment = lane.Assignment;
        failure.Lane = lane;
        var result = await _pipeline.HandOverAsync(record, failure, assignment.Tokens).ConfigureAwait(false);
        if (assignment.Finish(lane, result, mayContinue: false, out _) == LaneStep.Requeue)
        {
            Enqueue(lane);
        }
    }

    private bool TryTakePlace()
    {
        var workers = Volatile.Read(ref _workers);
        while (workers < _maxWorkers)
        {
            var seen = Interlocked.CompareExchange(ref _workers, workers + 1, workers);
            if (seen == workers)
            {
                return true;
            }

            workers = seen;
        }

        return false;
    }

    private sealed class Worker(LaneScheduler scheduler) : IThreadPoolWorkItem
    {
        // Neither the pipeline nor an assignment ever throws; if one does, the process ends with the exception, as it must: nothing may go on half-handled.
        public async void Execute() => await scheduler.WorkAsync().ConfigureAwait(false);
    }
}

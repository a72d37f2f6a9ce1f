using System.Collections.Concurrent;
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
    private readonly IEventPipeline _pipeline;
    private readonly int _maxWorkers;
    private readonly Worker _worker;
    private int _workers;

    public LaneScheduler(IEventPipeline pipeline, int maxWorkers)
    {
        _pipeline = pipeline;
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

                var assignment = lane.Assignment;
                var step = assignment.Begin(lane, out var record);
                for (var handled = 1; step == LaneStep.Run; handled++)
                {
                    var task = _pipeline.ProcessAsync(record, assignment.Tokens);
                    var result = task.IsCompletedSuccessfully ? task.Result : await task.ConfigureAwait(false);
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

using EventDriven.Kafka.Consuming;

namespace EventDriven.Simulation.Members;

/// <content>What workers do with batches.</content>
internal sealed partial class SimulatedWorkers
{
    private readonly List<BatchHandling> _batches = [];
    private readonly Dictionary<Lane, long> _queuedAt = [];

    /// <summary>When something last happened here that may set lanes free.</summary>
    private long _lastChange = -1;

    private bool IsForBatches => world.Schedule.Options.MaxBatchEvents is not null;

    private int Busy => _handlings.Count + _batches.Count;

    /// <summary>Notes that lanes may be set free now.</summary>
    public void OnRetry() => _lastChange = world.Time.Now;

    private void BeginBatch(Lane lane)
    {
        long? queuedAt = _lastChange >= _queuedAt[lane] ? null : _queuedAt[lane];
        world.Activity++;
        _lastChange = world.Time.Now;
        var batch = new EventBatch();
        if (!lane.Assignment.BeginBatch(batch))
        {
            return;
        }

        world.Trace?.Add($"{member.Name} starts a batch of {batch.Count} of {lane.Assignment.Id}");
        world.Oracle.OnStart(member, batch, queuedAt);
        _batches.Add(new BatchHandling(world, lane.Assignment, batch));
    }

    private void EndBatches()
    {
        for (var i = 0; i < _batches.Count; i++)
        {
            var handling = _batches[i];
            handling.Hear(world);
            if (handling.EndsAt > world.Time.Now)
            {
                continue;
            }

            _batches.RemoveAt(i);
            i = -1;
            handling.End(world);
            world.Activity++;
            _lastChange = world.Time.Now;
            world.Oracle.OnEnd(member, handling.Batch);
            handling.TellOf(world.Mutation);
            handling.Assignment.FinishBatch(handling.Batch);
        }
    }
}

using EventDriven.Kafka.Consuming;
using EventDriven.Simulation.Judging;

namespace EventDriven.Simulation.Members;

/// <summary>A handler at work on a batch: how long it takes is decided when it starts, how it ends when it does.</summary>
internal sealed class BatchHandling
{
    private readonly ProcessingTokens _tokens;
    private readonly bool _isDeaf;
    private bool _heard;

    public BatchHandling(World world, PartitionAssignment assignment, EventBatch batch)
    {
        Assignment = assignment;
        Batch = batch;
        _tokens = assignment.Tokens;
        var random = world.Random;
        _isDeaf = random.Chance(world.Schedule.DeafHandlers);
        EndsAt = world.Time.Now + (!world.IsQuiet && random.Chance(world.Schedule.SlowHandlers) ? random.Between(100, 4_000) : random.Between(0, 15));
    }

    public PartitionAssignment Assignment { get; }

    public EventBatch Batch { get; }

    public long EndsAt { get; private set; }

    public static Delivery DeliveryOf(in BatchItem item) => (Delivery)item.Record.Headers!;

    /// <summary>Notices that it is to end.</summary>
    public void Hear(World world)
    {
        if (!_heard && !_isDeaf && _tokens.Cancelled.IsCancellationRequested)
        {
            _heard = true;
            EndsAt = Math.Min(EndsAt, world.Time.Now + world.Random.Between(0, 3));
        }
    }

    /// <summary>Says of each event how it came out, as a pipeline may.</summary>
    public void End(World world)
    {
        var random = world.Random;
        if (_heard || (!world.IsQuiet && random.Next(200) == 0))
        {
            var handled = random.Next(Batch.Count);
            SetAll(index => index < handled ? BatchOutcome.Handled : BatchOutcome.Unfinished);
            return;
        }

        SetAll(_ => BatchOutcome.Handled);
        FailBeforeTheHandler(world);
        var guilty = First(index => Batch[index].Outcome == BatchOutcome.Handled && (HasFailed(index) || (!world.IsQuiet && random.Chance(1))));
        if (guilty < Batch.Count && random.Chance(60))
        {
            Batch[guilty].Outcome = BatchOutcome.Failed;
            SetAll(index => index > guilty && Batch[index].Outcome == BatchOutcome.Handled ? BatchOutcome.Again : Batch[index].Outcome);
        }
        else if (guilty < Batch.Count)
        {
            SetAll(index => Batch[index].Outcome == BatchOutcome.Handled ? BatchOutcome.Alone : Batch[index].Outcome);
        }
        else if (!world.IsQuiet && random.Chance(2))
        {
            // Middleware behind the handler.
            Batch[random.Next(Batch.Count)].Outcome = BatchOutcome.Failed;
        }

        if (world.Mutation != Mutation.BatchRunsOnBehindAFailure)
        {
            CutLanes();
        }
    }

    /// <summary>Adds what the engine is told beside the outcomes, or tells something else.</summary>
    public void TellOf(Mutation mutation)
    {
        for (var i = 0; i < Batch.Count; i++)
        {
            ref var item = ref Batch[i];
            item.Error = item.Outcome == BatchOutcome.Failed ? Handling.Poison : null;
            if (item.Outcome == BatchOutcome.Again && mutation == Mutation.NeighboursAreToldAsHandled)
            {
                item.Outcome = BatchOutcome.Handled;
            }
        }
    }

    private void FailBeforeTheHandler(World world)
    {
        for (var i = 0; i < Batch.Count; i++)
        {
            if (HasFailed(i) && world.Random.Chance(40))
            {
                Batch[i].Outcome = BatchOutcome.Failed;
            }
            else if (world.Random.Chance(10))
            {
                Batch[i].Outcome = BatchOutcome.Filtered;
            }
        }
    }

    /// <summary>What stands behind an event of its lane that is not finished comes again.</summary>
    private void CutLanes()
    {
        Lane? open = null;
        for (var i = 0; i < Batch.Count; i++)
        {
            ref var item = ref Batch[i];
            if (item.Lane == open && item.Outcome != BatchOutcome.Alone)
            {
                item.Outcome = BatchOutcome.Again;
            }
            else if (item.Outcome is not (BatchOutcome.Handled or BatchOutcome.Filtered))
            {
                open = item.Lane;
            }
        }
    }

    private bool HasFailed(int index) => DeliveryOf(Batch[index]).Entry.FailuresLeft > 0;

    private int First(Func<int, bool> condition)
    {
        var index = 0;
        while (index < Batch.Count && !condition(index))
        {
            index++;
        }

        return index;
    }

    private void SetAll(Func<int, BatchOutcome> outcome)
    {
        for (var i = 0; i < Batch.Count; i++)
        {
            Batch[i].Outcome = outcome(i);
        }
    }
}

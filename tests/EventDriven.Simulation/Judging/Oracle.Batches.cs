using EventDriven.Kafka.Consuming;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation.Judging;

/// <content>What holds for batches beside what holds for each of their events.</content>
internal sealed partial class Oracle
{
    /// <param name="member">The process.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="queuedAt">When it was queued; null where something may have set lanes free since then.</param>
    public void OnStart(SimulatedMember member, EventBatch batch, long? queuedAt)
    {
        var epoch = BatchHandling.DeliveryOf(batch[0]).Epoch;
        Check(batch.Count <= Options.MaxBatchEvents, "I7", $"a batch of {epoch.Log.Id} has {batch.Count} events");
        for (var i = 0; i < batch.Count; i++)
        {
            ref var item = ref batch[world.Mutation == Mutation.BatchIsReversed ? batch.Count - 1 - i : i];
            var delivery = BatchHandling.DeliveryOf(item);
            var name = new RecordName(epoch.Log.Id, delivery.Entry.Offset);
            world.Trace?.Add($"  {name}");
            Check(delivery.Epoch == epoch, "I2", $"{name} is in a batch of another assignment");
            Check(delivery.Entry.Value is not null, "I2", $"{name} is a tombstone in a batch");
            OnStart(member, delivery, item.Record, batch);
            if (queuedAt is { } queued && !delivery.IsBehindInBatch && delivery.Entry.HandedOver is null)
            {
                // What waits for its time, or behind what does, does not wait for its batch yet. What a pause, or a process that stood still, has held does not wait for its batch.
                var since = Math.Max(delivery.At, Math.Max(member.ResumedAt, member.ThawedAt));
                Check(queued <= since + (long)Options.MaxBatchWait.TotalMilliseconds, "I6", $"{name}, which came at {delivery.At} ms, waited for its batch until {queued} ms");
                Check(!epoch.IsDraining || queued <= Math.Max(since, epoch.DrainBeganAt), "I6", $"{name} held up a drain by waiting for its batch");
            }
        }
    }

    public void OnEnd(SimulatedMember member, EventBatch batch)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            ref var item = ref batch[i];
            var outcome = item.Outcome switch
            {
                BatchOutcome.Handled => Outcome.Handled,
                BatchOutcome.Filtered => Outcome.Filtered,
                _ => Outcome.Unfinished,
            };
            var delivery = BatchHandling.DeliveryOf(item);
            world.Trace?.Add($"{member.Name} ends {delivery.Epoch.Log.Index}@{delivery.Entry.Offset} of a batch: {item.Outcome}");
            OnEnd(member, delivery, outcome, hasItsTurnAgain: item.Outcome is BatchOutcome.Failed or BatchOutcome.Alone or BatchOutcome.Again);
        }
    }
}

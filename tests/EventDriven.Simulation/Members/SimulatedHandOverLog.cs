using Confluent.Kafka;
using EventDriven.Kafka;
using EventDriven.Kafka.Failures;
using EventDriven.Simulation.Broker;

namespace EventDriven.Simulation.Members;

/// <summary>
/// What one process writes failed events by. As with a real producer, nobody knows how a write has ended that is told to have failed: it may land at once, later, or
/// never; one that succeeds may land twice; and what has left the process lands although the process is gone.
/// </summary>
internal sealed class SimulatedHandOverLog(World world, SimulatedMember member) : IHandOverLog
{
    public Task<EventReceipt> AppendAsync(string topic, int partition, byte[]? key, byte[]? value, Headers headers)
    {
        var random = world.Random;
        var schedule = world.Schedule.Failing!;
        var record = world.Oracle.OnHandOver(member, topic, partition, key, value, headers);
        var completion = new TaskCompletionSource<EventReceipt>();
        var handOver = member.Workers.CurrentHandOver;
        handOver?.Writes += 1;
        var landsAfter = world.IsQuiet || !random.Chance(schedule.SlowAppends) ? random.Between(0, 10) : random.Between(10, 2_000);
        var answersAfter = landsAfter + random.Between(0, 10);
        if (!world.IsQuiet && random.Chance(schedule.AppendFaults))
        {
            if (random.Chance(schedule.LateAppends))
            {
                world.Later(null, landsAfter, () => Land(record));
            }

            world.LaterIn(member, random.Between(0, 200), () =>
            {
                handOver?.Writes -= 1;
                handOver?.HasFailed = true;
                completion.SetException(new EventProduceException("The broker did not answer.", topic, null, ProduceFailureReason.TimedOut, mayHaveBeenDelivered: true));
            });
            return completion.Task;
        }

        world.Later(null, landsAfter, () => Land(record));
        if (random.Chance(schedule.LateAppends / 4))
        {
            world.Later(null, landsAfter + random.Between(0, 500), () => Land(record));
        }

        world.LaterIn(member, answersAfter, () =>
        {
            handOver?.Writes -= 1;
            record.Event.Acknowledged++;
            completion.SetResult(default!);
        });
        return completion.Task;
    }

    private void Land(HandedOver record)
    {
        world.Trace?.Add($"{record.Topic} gets {record.Event.Offset} of {member.Name}");
        world.Broker.Land(record);
    }
}

using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Parking;
using EventDriven.Kafka.Tests.Consuming;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.Kafka.Tests.Parking;

/// <summary>The commit by which a new owner of a partition shows that it is one.</summary>
public sealed class OwnershipProofTests
{
    private static readonly PartitionId Partition = new("orders", 0);

    [Fact]
    public void The_committed_position_is_committed_again_with_the_leader_epoch_that_it_had()
    {
        var time = new FakeTimeProvider();
        var source = new ScriptedSource { Committed = { [Partition] = new Position(10, 3) } };
        var settings = new ConsumerSettings
        {
            Name = "inventory",
            Cluster = "Kafka",
            Options = new EventConsumerOptions { Group = "inventory", Topics = ["orders"], Ordering = OrderingMode.Key },
            CreateClientConfig = () => throw new NotSupportedException(),
        };
        using var loop = new ConsumerLoop(
            settings, source, new NoLanes(), new DrainSignal(time), new LingeringAssignments(), time, NullLogger.Instance, parking: new ParkingSettings { Logs = new MemoryParkedLog() });
        loop.Start();
        source.Assign(Partition);

        // Assigned, looked up, read, committed.
        for (var turn = 0; turn < 4; turn++) loop.Step();

        Assert.Equal([KeyValuePair.Create(Partition, new Position(10, 3))], source.Commits);
    }

    private sealed class NoLanes : ILaneQueue
    {
        public void Enqueue(Lane lane) => throw new NotSupportedException();

        public void EnqueueAll(List<Lane> lanes) => throw new NotSupportedException();
    }
}

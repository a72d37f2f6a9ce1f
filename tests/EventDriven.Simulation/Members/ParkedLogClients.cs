using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Parking;

namespace EventDriven.Simulation.Members;

/// <summary>One process's ways to the parked logs.</summary>
internal sealed class ParkedLogClients(World world, SimulatedMember member) : IParkedLogs
{
    public IParkedLog Open(PartitionId source)
    {
        member.Source.OnParkedLogOpened(source);
        return new ParkedLogClient(world, member, world.Broker.Parked[source.Partition]);
    }

    public ValueTask DisposeAsync() => default;
}

using EventDriven.Chaos.Faults;
using EventDriven.Chaos.Oracle;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Chaos.Driving;

/// <summary>Faults of brokers, one after the other.</summary>
internal sealed class BrokerFaults(KafkaCluster kafka, FaultLog log)
{
    public Task InjectAsync(PlannedFault fault)
    {
        int[] nodes = [.. kafka.Nodes];
        var node = nodes[fault.Choice % nodes.Length];
        return fault.Kind switch
        {
            FaultKind.BrokerKilled => log.NoteAsync("SIGKILL", $"broker {node}", FaultReach.Broker, async () =>
            {
                await kafka.KillAsync(node);
                await Task.Delay(fault.Lasts);
                await kafka.StartNodeAsync(node);
            }),
            FaultKind.BrokerFrozen => log.NoteAsync("SIGSTOP", $"broker {node}", FaultReach.Broker, async () =>
            {
                kafka.Pause(node);
                await Task.Delay(fault.Lasts);
                kafka.Resume(node);
            }),
            FaultKind.BrokersRolled => RollAsync(nodes),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "Is no fault of brokers."),
        };
    }

    private async Task RollAsync(int[] nodes)
    {
        foreach (var node in nodes)
        {
            await log.NoteAsync("rolling restart", $"broker {node}", FaultReach.Broker, async () =>
            {
                await kafka.StopNodeAsync(node);
                await kafka.StartNodeAsync(node);
            });

            // The next goes only when this one has caught up, as an operator's script would do it.
            await Task.Delay(TimeSpan.FromSeconds(4));
        }
    }
}

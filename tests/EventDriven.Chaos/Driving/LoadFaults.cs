using EventDriven.Chaos.Faults;
using EventDriven.Chaos.Oracle;
using EventDriven.Chaos.Traffic;

namespace EventDriven.Chaos.Driving;

/// <summary>What is done to the load and to the topics.</summary>
internal sealed class LoadFaults(Load load, FaultLog log, GroupOperator groups)
{
    public Task InjectAsync(PlannedFault fault) => fault.Kind switch
    {
        FaultKind.Burst => log.NoteAsync("burst", "all topics", FaultReach.None, () =>
        {
            load.Burst();
            return Task.CompletedTask;
        }),
        FaultKind.SlowHandlers => log.NoteAsync("slow handlers", "all topics", FaultReach.None, async () =>
        {
            load.IsSlow = true;
            await Task.Delay(fault.Lasts);
            load.IsSlow = false;
        }),
        FaultKind.FailingHandlers => log.NoteAsync("failing handlers", "all topics", FaultReach.None, async () =>
        {
            load.IsFailing = true;
            await Task.Delay(fault.Lasts);
            load.IsFailing = false;
        }),
        FaultKind.PartitionsAdded => log.NoteAsync("partitions added", groups.Choose(fault.Choice).Topic, FaultReach.None, () => groups.AddPartitionsAsync(fault.Choice)),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "Is no fault of the load."),
    };
}

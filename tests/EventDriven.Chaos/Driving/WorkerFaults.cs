using EventDriven.Chaos.Faults;
using EventDriven.Chaos.Oracle;

namespace EventDriven.Chaos.Driving;

/// <summary>Faults of workers, one after the other.</summary>
internal sealed class WorkerFaults(WorkerPool pool, FaultLog log, GroupOperator groups)
{
    /// <summary>Never fewer than so many run, so that there is somebody to take over.</summary>
    private const int Least = 2;

    private const int Most = 5;

    public async Task InjectAsync(PlannedFault fault)
    {
        await pool.ReplaceEndedAsync();
        await InjectIntoAsync(fault);
    }

    private Task InjectIntoAsync(PlannedFault fault)
    {
        var worker = pool.Workers[fault.Choice % pool.Workers.Count];
        return fault.Kind switch
        {
            FaultKind.WorkerKilled => KillAsync(worker, fault),
            FaultKind.WorkerStopped => log.NoteAsync("SIGTERM", worker.Member, FaultReach.None, () => ReplaceAsync(worker, fault)),
            FaultKind.WorkerFrozen or FaultKind.WorkerFrozenForLong => log.NoteAsync("SIGSTOP", worker.Member, FaultReach.Freeze, () => FreezeAsync(worker, fault)),
            FaultKind.WorkersRolled => log.NoteAsync("workers rolled", "all workers", FaultReach.None, RollAsync),
            FaultKind.ScaledOut when pool.Workers.Count < Most => log.NoteAsync("scaled out", pool.Start().Member, FaultReach.None, () => Task.Delay(fault.Lasts)),
            FaultKind.ScaledIn or FaultKind.ScaledOut when pool.Workers.Count > Least => log.NoteAsync("scaled in", worker.Member, FaultReach.None, () => ScaleInAsync(worker, fault)),
            FaultKind.ScaledIn => log.NoteAsync("scaled out", pool.Start().Member, FaultReach.None, () => Task.Delay(fault.Lasts)),
            FaultKind.OffsetsReset => log.NoteAsync("offsets reset", groups.Choose(fault.Choice).Name, FaultReach.None, () => ResetAsync(fault)),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "Is no fault of workers."),
        };
    }

    private async Task KillAsync(WorkerProcess worker, PlannedFault fault)
    {
        var begin = Monotonic.Now;
        await pool.KillAsync(worker);
        await Task.Delay(fault.Lasts);
        pool.Start();
        log.Add(new FaultWindow("SIGKILL", worker.Member, begin, Monotonic.Now, FaultReach.Death));
    }

    private async Task ReplaceAsync(WorkerProcess worker, PlannedFault fault)
    {
        await pool.StopAsync(worker);
        await Task.Delay(fault.Lasts);
        pool.Start();
    }

    private static async Task FreezeAsync(WorkerProcess worker, PlannedFault fault)
    {
        worker.Freeze();
        await Task.Delay(fault.Lasts);
        worker.Thaw();
    }

    private async Task RollAsync()
    {
        foreach (var worker in pool.Workers.ToList())
        {
            pool.Start();
            await pool.StopAsync(worker);
        }
    }

    private async Task ScaleInAsync(WorkerProcess worker, PlannedFault fault)
    {
        await pool.StopAsync(worker);
        await Task.Delay(fault.Lasts);
    }

    private async Task ResetAsync(PlannedFault fault)
    {
        var count = pool.Workers.Count;
        await pool.StopAllAsync();
        await groups.ResetAsync(fault.Choice);
        for (var i = 0; i < count; i++)
        {
            pool.Start();
        }
    }
}

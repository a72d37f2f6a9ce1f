using System.Diagnostics;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Chaos.Driving;

/// <summary>A worker of the run as a process of its own.</summary>
internal sealed class WorkerProcess
{
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(40);

    private readonly ProcessGuard _guard;
    private readonly Process _process;

    public WorkerProcess(ProcessGuard guard, string member, IEnumerable<string> arguments)
    {
        _guard = guard;
        Member = member;
        _process = guard.Start(new ProcessStartInfo("dotnet", [typeof(WorkerProcess).Assembly.Location, "worker", .. arguments]));
    }

    public string Member { get; }

    public void Freeze() => UnixSignal.Freeze(_process);

    public void Thaw() => UnixSignal.Thaw(_process);

    /// <summary>SIGKILL; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        UnixSignal.Crash(_process);
        await EndAsync();
    }

    /// <summary>SIGTERM; returns when it is gone, or its time is over and it was killed.</summary>
    /// <returns>What was wrong with its end; null where nothing was.</returns>
    public async Task<string?> StopAsync()
    {
        UnixSignal.ShutDown(_process);
        var problem = await EndAsync(s_stopTimeout);
        return problem;
    }

    /// <summary>Whether it has ended without being told to.</summary>
    public bool HasEnded => _process.HasExited;

    private async Task<string?> EndAsync(TimeSpan? within = null)
    {
        string? problem = null;
        try
        {
            await _process.WaitForExitAsync().WaitAsync(within ?? Timeout.InfiniteTimeSpan);
            problem = within is not null && _process.ExitCode != 0 ? $"{Member}: ended with exit code {_process.ExitCode} when it was told to stop." : null;
        }
        catch (TimeoutException)
        {
            problem = $"{Member}: did not stop within {within!.Value.TotalSeconds:F0} s of SIGTERM.";
            UnixSignal.Crash(_process);
            await _process.WaitForExitAsync();
        }

        _guard.Forget(_process.Id);
        _process.Dispose();
        return problem;
    }
}

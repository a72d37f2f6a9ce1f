using System.Diagnostics;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Chaos.Driving;

/// <summary>A worker of the run as a process of its own. What it prints, and what the runtime says when it dies of a fault, is in a file beside its logs.</summary>
internal sealed class WorkerProcess
{
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(40);

    private readonly ProcessGuard _guard;
    private readonly Process _process;

    public WorkerProcess(ProcessGuard guard, string folder, string member, IEnumerable<string> arguments)
    {
        _guard = guard;
        Member = member;
        Output = Path.Combine(folder, $"{member}.out");

        // The shell redirects: what is printed last stands in the file whatever becomes of this process and of the worker.
        var start = new ProcessStartInfo("bash", ["-c", "exec \"$@\" >>\"$0\" 2>&1", Output, "dotnet", typeof(WorkerProcess).Assembly.Location, "worker", .. arguments]);
        start.Environment.TryAdd("DOTNET_DbgEnableMiniDump", "1");
        start.Environment.TryAdd("DOTNET_DbgMiniDumpName", Path.Combine(folder, $"{member}.dmp"));
        _process = guard.Start(start);
    }

    public string Member { get; }

    /// <summary>The file of what it prints.</summary>
    public string Output { get; }

    /// <summary>The code that it ended with; null while it runs.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    public void Freeze() => UnixSignal.Freeze(_process);

    public void Thaw() => UnixSignal.Thaw(_process);

    /// <summary>SIGKILL; returns when it is gone.</summary>
    /// <returns>What was wrong with its end; null where nothing was.</returns>
    public async Task<string?> KillAsync()
    {
        var problem = EndedByItself();
        UnixSignal.Crash(_process);
        await _process.WaitForExitAsync();
        Forget();
        return problem;
    }

    /// <summary>SIGTERM; returns when it is gone, or its time is over and it was killed.</summary>
    /// <returns>What was wrong with its end; null where nothing was.</returns>
    public async Task<string?> StopAsync()
    {
        if (EndedByItself() is not null)
        {
            return await KillAsync();
        }

        string? problem;
        UnixSignal.ShutDown(_process);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(s_stopTimeout);
            problem = _process.ExitCode == 0 ? null : $"{Member}: ended with exit code {_process.ExitCode} when it was told to stop; what it printed is in {Output}.";
        }
        catch (TimeoutException)
        {
            problem = $"{Member}: did not stop within {s_stopTimeout.TotalSeconds:F0} s of SIGTERM.";
            UnixSignal.Crash(_process);
            await _process.WaitForExitAsync();
        }

        Forget();
        return problem;
    }

    private string? EndedByItself() => ExitCode is { } code ? $"{Member}: ended by itself with exit code {code}; what it printed is in {Output}." : null;

    private void Forget()
    {
        _guard.Forget(_process.Id);
        _process.Dispose();
    }
}

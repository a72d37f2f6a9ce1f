using System.Diagnostics;

namespace EventDriven.Kafka.Broker.Tests.Cluster;

/// <summary>
/// Owns a temporary folder and the processes that work in it, and ends both, whatever becomes of the test run: a small shell is told
/// which processes are alive, and when its input ends, because the guard is disposed or because the test run died in any way,
/// it kills them and removes the folder. Thread-safe.
/// </summary>
internal sealed class ProcessGuard : IAsyncDisposable
{
    // Children stay in the test run's process group; the shell ignores what a terminal sends to the group, to outlive it and clean up.
    private const string Script = """
        trap '' INT TERM HUP
        while read -r verb pid; do
          case $verb in
            watch) pids[pid]=1;;
            forget) unset "pids[$pid]";;
          esac
        done
        for pid in "${!pids[@]}"; do kill -KILL "$pid" 2>/dev/null; done
        for pid in "${!pids[@]}"; do for i in {1..100}; do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done; done
        rm -rf "$1"
        """;

    private readonly Lock _gate = new();
    private readonly Process _shell;
    private bool _disposed;

    public ProcessGuard()
    {
        Folder = Directory.CreateTempSubdirectory("kafka-").FullName;
        _shell = Process.Start(new ProcessStartInfo("bash", ["-c", Script, "kafka-guard", Folder]) { RedirectStandardInput = true })!;
    }

    /// <summary>The folder that goes with the guard.</summary>
    public string Folder { get; }

    /// <summary>Starts a process that ends with the guard at the latest.</summary>
    public Process Start(ProcessStartInfo startInfo, Action<Process>? beforeStart = null)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var process = new Process { StartInfo = startInfo, EnableRaisingEvents = true };
            beforeStart?.Invoke(process);
            process.Start();
            Tell("watch", process.Id);
            return process;
        }
    }

    /// <summary>To be called when a process has ended, before another one is given its number.</summary>
    public void Forget(int processId)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                Tell("forget", processId);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _shell.StandardInput.Close();
        }

        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private void Tell(string verb, int processId)
    {
        _shell.StandardInput.Write($"{verb} {processId}\n");
        _shell.StandardInput.Flush();
    }
}

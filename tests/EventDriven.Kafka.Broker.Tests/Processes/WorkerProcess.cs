using System.Diagnostics;
using System.Threading.Channels;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>
/// A program as a process of its own, to be killed or frozen. What it prints is read line by line while it runs; it also stands in a file, which holds every line that
/// it had printed when it was killed.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly ProcessGuard _guard;
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly string _log;

    private WorkerProcess(ProcessGuard guard, string program, string log, IEnumerable<string> arguments)
    {
        _guard = guard;
        _log = log;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments]) { RedirectStandardOutput = true };
        _process = guard.Start(start, process => process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                _lines.Writer.TryComplete();
            }
            else
            {
                _lines.Writer.TryWrite(line.Data);
            }
        });
        _process.BeginOutputReadLine();
    }

    /// <summary>What it prints; ends when the process has.</summary>
    public ChannelReader<string> Lines => _lines.Reader;

    /// <summary>Starts the worker with one of its commands.</summary>
    public static WorkerProcess Start(ProcessGuard guard, KafkaCluster kafka, string command, params string[] options)
    {
        var log = Path.Combine(guard.Folder, $"{Guid.NewGuid():N}.lines");
        return new WorkerProcess(guard, "EventDriven.Worker.dll", log, [command, "--bootstrap-servers", kafka.BootstrapServers, "--lines", log, .. options]);
    }

    /// <summary>Starts the sample, which prints only.</summary>
    public static WorkerProcess StartQuickStart(ProcessGuard guard, KafkaCluster kafka, params string[] options) =>
        new(guard, "QuickStart.dll", "", ["--bootstrap-servers", kafka.BootstrapServers, .. options]);

    public void Kill() => UnixSignal.Crash(_process);

    public void Freeze() => UnixSignal.Freeze(_process);

    public void Thaw() => UnixSignal.Thaw(_process);

    public void Terminate() => UnixSignal.ShutDown(_process);

    /// <summary>Reads on until a line that is looked for.</summary>
    public async Task<string> UntilAsync(Func<string, bool> isIt, CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = await _lines.Reader.ReadAsync(cancellationToken);
            if (isIt(line))
            {
                return line;
            }
        }
    }

    /// <summary>All that it has printed when it has ended, with its exit code.</summary>
    public async Task<(int ExitCode, IReadOnlyList<string> Lines)> UntilEndAsync(CancellationToken cancellationToken)
    {
        var exitCode = await ExitCodeAsync(cancellationToken);
        return (exitCode, await File.ReadAllLinesAsync(_log, cancellationToken));
    }

    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        _guard.Forget(_process.Id);
        return _process.ExitCode;
    }

    public void Dispose() => _process.Dispose();
}

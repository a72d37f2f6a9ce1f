using System.Diagnostics;
using System.Threading.Channels;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>A service as a process of its own, to be killed or frozen; what it prints is read line by line, until it has ended.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly ProcessGuard _guard;
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public WorkerProcess(ProcessGuard guard, KafkaCluster kafka, string command, params string[] options)
    {
        _guard = guard;
        var program = Path.Combine(AppContext.BaseDirectory, "EventDriven.Worker.dll");
        _process = guard.Start(
            new ProcessStartInfo("dotnet", [program, command, "--bootstrap-servers", kafka.BootstrapServers, .. options]) { RedirectStandardOutput = true },
            process => process.OutputDataReceived += (_, line) =>
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

    /// <summary>All that it still prints until it has ended, with its exit code.</summary>
    public async Task<(int ExitCode, IReadOnlyList<string> Lines)> UntilEndAsync(CancellationToken cancellationToken)
    {
        var lines = await _lines.Reader.ReadAllAsync(cancellationToken).ToListAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        _guard.Forget(_process.Id);
        return (_process.ExitCode, lines);
    }

    public void Dispose() => _process.Dispose();
}

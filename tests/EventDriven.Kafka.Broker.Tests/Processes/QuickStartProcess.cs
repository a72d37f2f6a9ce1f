using System.Diagnostics;
using System.Threading.Channels;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>The sample as a process of its own; what it prints is read line by line, until it has ended.</summary>
internal sealed class QuickStartProcess : IDisposable
{
    private readonly ProcessGuard _guard;
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    public QuickStartProcess(ProcessGuard guard, KafkaCluster kafka, params string[] arguments)
    {
        _guard = guard;
        var program = Path.Combine(AppContext.BaseDirectory, "QuickStart.dll");
        _process = guard.Start(
            new ProcessStartInfo("dotnet", [program, "--bootstrap-servers", kafka.BootstrapServers, .. arguments]) { RedirectStandardOutput = true },
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

    public void Terminate() => UnixSignal.ShutDown(_process);

    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        _guard.Forget(_process.Id);
        return _process.ExitCode;
    }

    public void Dispose() => _process.Dispose();
}

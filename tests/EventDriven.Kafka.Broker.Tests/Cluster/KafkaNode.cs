using System.Collections.Concurrent;
using System.Diagnostics;

namespace EventDriven.Kafka.Broker.Tests.Cluster;

/// <summary>One broker and controller, as an operating system process that can be crashed, frozen and started again.</summary>
internal sealed class KafkaNode(int id, int clientPort, int controllerPort, ProcessGuard guard)
{
    private const int LogLinesKept = 40;
    private static readonly TimeSpan s_startTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<string> _log = new();
    private Process? _process;

    public int Id => id;

    public string Folder { get; } = Directory.CreateDirectory(Path.Combine(guard.Folder, $"node-{id}")).FullName;

    public string Address => $"127.0.0.1:{clientPort}";

    public string ControllerAddress => $"127.0.0.1:{controllerPort}";

    /// <summary>Those beside the one in plaintext.</summary>
    public IReadOnlyList<KafkaListener> Listeners { get; init; } = [];

    public string PropertiesFile => Path.Combine(Folder, "server.properties");

    public bool IsFrozen { get; private set; }

    public bool IsRunning => _process is not null;

    public int? ProcessId => _process?.Id;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsRunning)
        {
            throw new InvalidOperationException($"Node {Id} is running already.");
        }

        _log.Clear();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        _process = guard.Start(
            new ProcessStartInfo(KafkaDistribution.Script("kafka-server-start.sh"), [PropertiesFile])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment =
                {
                    ["KAFKA_HEAP_OPTS"] = "-Xms64m -Xmx256m",
                    ["KAFKA_JVM_PERFORMANCE_OPTS"] = KafkaTool.QuickStart,
                    ["LOG_DIR"] = Folder,
                },
            },
            process =>
            {
                process.OutputDataReceived += (_, line) => Read(line.Data, started);
                process.ErrorDataReceived += (_, line) => Read(line.Data, started);
                process.Exited += (_, _) => started.TrySetException(new InvalidOperationException($"Node {Id} ended while it started."));
            });
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        try
        {
            await started.Task.WaitAsync(s_startTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new InvalidOperationException($"Node {Id} did not start. It said:\n{string.Join('\n', _log)}", exception);
        }
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public Task KillAsync() => EndAsync(UnixSignal.Crash);

    /// <summary>SIGTERM; returns when the process is gone.</summary>
    public Task StopAsync() => EndAsync(UnixSignal.ShutDown);

    /// <summary>SIGSTOP: connections stay open, nothing answers.</summary>
    public void Freeze()
    {
        UnixSignal.Freeze(Running());
        IsFrozen = true;
    }

    public void Thaw()
    {
        UnixSignal.Thaw(Running());
        IsFrozen = false;
    }

    // The distribution's scripts replace themselves by java (exec), so the process that was started is the broker.
    private Process Running() => _process ?? throw new InvalidOperationException($"Node {Id} is not running.");

    private async Task EndAsync(Action<Process> signal)
    {
        Process process = Running();
        signal(process);
        await process.WaitForExitAsync().WaitAsync(s_stopTimeout);
        guard.Forget(process.Id);
        process.Dispose();
        _process = null;
        IsFrozen = false;
    }

    private void Read(string? line, TaskCompletionSource started)
    {
        if (line is null)
        {
            return;
        }

        _log.Enqueue(line);
        if (_log.Count > LogLinesKept)
        {
            _log.TryDequeue(out _);
        }

        if (line.Contains("Kafka Server started", StringComparison.Ordinal))
        {
            started.TrySetResult();
        }
    }
}

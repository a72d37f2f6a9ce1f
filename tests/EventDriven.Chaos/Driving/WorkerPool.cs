using EventDriven.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Chaos.Driving;

/// <summary>The workers that run. Used by one track of faults at a time.</summary>
internal sealed class WorkerPool(string servers, ConsumerGroupProtocol protocol, string folder) : IAsyncDisposable
{
    private readonly ProcessGuard _guard = new();
    private readonly List<WorkerProcess> _workers = [];
    private int _started;

    public IReadOnlyList<WorkerProcess> Workers => _workers;

    /// <summary>What was wrong with the ends of workers.</summary>
    public List<string> Problems { get; } = [];

    public WorkerProcess Start()
    {
        var member = $"w{++_started}";
        var worker = new WorkerProcess(_guard, folder, member, [servers, protocol.ToString(), folder, member]);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>Puts another in the place of each worker that has ended without being told to, which is a problem of the run.</summary>
    public async Task ReplaceEndedAsync()
    {
        foreach (var worker in _workers.Where(static worker => worker.ExitCode is not null).ToList())
        {
            await KillAsync(worker);
            Start();
        }
    }

    public Task KillAsync(WorkerProcess worker) => EndAsync(worker, worker.KillAsync);

    public Task StopAsync(WorkerProcess worker) => EndAsync(worker, worker.StopAsync);

    public Task StopAllAsync() => Task.WhenAll([.. _workers.ToList().Select(StopAsync)]);

    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    private async Task EndAsync(WorkerProcess worker, Func<Task<string?>> end)
    {
        _workers.Remove(worker);
        if (await end() is { } problem)
        {
            Problems.Add(problem);
        }
    }
}

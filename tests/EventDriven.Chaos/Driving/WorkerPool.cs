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

    /// <summary>What was wrong with workers that were told to stop.</summary>
    public List<string> Problems { get; } = [];

    public WorkerProcess Start()
    {
        var member = $"w{++_started}";
        var worker = new WorkerProcess(_guard, member, [servers, protocol.ToString(), folder, member]);
        _workers.Add(worker);
        return worker;
    }

    public async Task KillAsync(WorkerProcess worker)
    {
        _workers.Remove(worker);
        await worker.KillAsync();
    }

    public async Task StopAsync(WorkerProcess worker)
    {
        _workers.Remove(worker);
        if (await worker.StopAsync() is { } problem)
        {
            Problems.Add(problem);
        }
    }

    public Task StopAllAsync() => Task.WhenAll([.. _workers.ToList().Select(StopAsync)]);

    public ValueTask DisposeAsync() => _guard.DisposeAsync();
}

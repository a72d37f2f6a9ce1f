using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Hosting;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>An engine that only notes what it is told.</summary>
internal sealed class FakeRunner(ConsumerSettings settings, Action<string> stopHost, Action<string> log) : IEventConsumerRunner
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConsumerSettings Settings => settings;

    public Action<string> StopHost => stopHost;

    public Task Started => _started.Task;

    /// <summary>What a stop waits for.</summary>
    public Task Stopping { get; set; } = Task.CompletedTask;

    public TimeSpan? StopBudget { get; private set; }

    public ConsumerStatus Status { get; set; } = new() { State = ConsumerState.Running };

    public void Start()
    {
        log($"{settings.Name} started");
        _started.TrySetResult();
    }

    public async Task StopAsync(TimeSpan budget)
    {
        StopBudget = budget;
        log($"{settings.Name} stopping");
        await Stopping;
        log($"{settings.Name} stopped");
    }

    public void Retry() => log($"{settings.Name} retry");

    public void Pause() => log($"{settings.Name} pause");

    public void Resume() => log($"{settings.Name} resume");

    public void Pause(PartitionId partition) => log($"{settings.Name} pause {partition}");

    public void Resume(PartitionId partition) => log($"{settings.Name} resume {partition}");

    public Task SeekAsync(PartitionId partition, long offset)
    {
        log($"{settings.Name} seek {partition} {offset}");
        return Task.CompletedTask;
    }
}

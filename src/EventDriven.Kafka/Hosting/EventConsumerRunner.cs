using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Health;

namespace EventDriven.Kafka.Hosting;

/// <summary>The engine as the host sees it.</summary>
internal sealed class EventConsumerRunner : IEventConsumerRunner
{
    private readonly Action<Exception> _stopHost;

    public EventConsumerRunner(EventConsumer consumer, Action<Exception> stopHost)
    {
        Consumer = consumer;
        _stopHost = stopHost;
        Completion = ObserveAsync();
    }

    public EventConsumer Consumer { get; }

    public Task Completion { get; }

    public ConsumerStatus Status => ConsumerStatusReader.Read(Consumer.Settings.Options, Consumer.GetSnapshot());

    public void Start() => Consumer.Start();

    public Task StopAsync(TimeSpan budget, CancellationToken cancellationToken) =>
        Task.WhenAny(Consumer.StopAsync(budget), Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken));

    public void Retry() => Consumer.Retry();

    public void Pause() => Consumer.SetPaused(true);

    public void Resume() => Consumer.SetPaused(false);

    private async Task ObserveAsync()
    {
        if (await Consumer.Completion.ConfigureAwait(false) is not { } end)
        {
            return;
        }

        var error = new EventConsumerEndedException($"Consumer '{Consumer.Name}' has ended: {end.Message}");
        if (end.Reason == ConsumerEndReason.StuckStopHost
            || (end.Reason == ConsumerEndReason.FatalError && Consumer.Settings.Options.OnFatalError == FatalErrorAction.StopHost))
        {
            _stopHost(error);
        }

        throw error;
    }
}

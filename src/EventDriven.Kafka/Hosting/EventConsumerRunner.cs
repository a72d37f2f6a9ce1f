using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Health;

namespace EventDriven.Kafka.Hosting;

/// <summary>The engine as the host sees it.</summary>
internal sealed class EventConsumerRunner : IEventConsumerRunner
{
    private readonly EventConsumer _consumer;
    private readonly Action<string> _stopHost;

    public EventConsumerRunner(EventConsumer consumer, Action<string> stopHost)
    {
        _consumer = consumer;
        _stopHost = stopHost;
        _ = StopHostWhereAskedAsync();
    }

    /// <summary>The engine itself, for those who wait on its state.</summary>
    public EventConsumer Consumer => _consumer;

    public ConsumerStatus Status => ConsumerStatusReader.Read(_consumer.Settings.Options, _consumer.GetSnapshot());

    public void Start() => _consumer.Start();

    public Task StopAsync(TimeSpan budget) => _consumer.StopAsync(budget);

    public void Retry() => _consumer.Retry();

    public void Pause() => _consumer.SetPaused(true);

    public void Resume() => _consumer.SetPaused(false);

    private async Task StopHostWhereAskedAsync()
    {
        var end = await _consumer.Completion.ConfigureAwait(false);
        if (end is { Reason: ConsumerEndReason.StuckStopHost }
            || (end is { Reason: ConsumerEndReason.FatalError } && _consumer.Settings.Options.OnFatalError == FatalErrorAction.StopHost))
        {
            _stopHost(end.Message);
        }
    }
}

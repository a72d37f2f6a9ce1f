using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Health;

namespace EventDriven.Kafka.Hosting;

/// <summary>The engine as the host sees it.</summary>
internal sealed class EventConsumerRunner : IEventConsumerRunner
{
    private readonly EventConsumer _consumer;
    private readonly Action<string> _stopHost;

    private readonly HeldEvents _held;

    public EventConsumerRunner(EventConsumer consumer, HeldEvents held, Action<string> stopHost)
    {
        _held = held;
        _consumer = consumer;
        _stopHost = stopHost;
        consumer.OnEnded = StopHostWhereAsked;
    }

    /// <summary>The engine itself, for those who wait on its state.</summary>
    public EventConsumer Consumer => _consumer;

    public ConsumerStatus Status => ConsumerStatusReader.Read(_consumer.Settings.Options, _consumer.GetSnapshot(), _consumer.GetLogEnd, _held.Of(_consumer.Name));

    public void Start() => _consumer.Start();

    public Task StopAsync(TimeSpan budget) => _consumer.StopAsync(budget);

    public void Retry() => _consumer.Retry();

    public void Pause() => _consumer.SetPaused(true);

    public void Resume() => _consumer.SetPaused(false);

    public void Pause(PartitionId partition) => _consumer.SetPaused(partition, true);

    public void Resume(PartitionId partition) => _consumer.SetPaused(partition, false);

    public Task SeekAsync(PartitionId partition, long offset) => _consumer.SeekAsync(partition, offset);

    private void StopHostWhereAsked(ConsumerEnd end)
    {
        if (end.Reason == ConsumerEndReason.StuckStopHost
            || (end.Reason is ConsumerEndReason.FatalError or ConsumerEndReason.InstanceFenced or ConsumerEndReason.InstanceInUse
                && _consumer.Settings.Options.OnFatalError == FatalErrorAction.StopHost))
        {
            _stopHost(end.Message);
        }
    }
}

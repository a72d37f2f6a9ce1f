using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Health;
using EventDriven.Kafka.Telemetry;

namespace EventDriven.Kafka.Hosting;

/// <summary>The consumers of the host.</summary>
internal sealed class HostedConsumers
{
    public HostedConsumers(
        IEnumerable<ConsumerRegistration> registrations,
        ConsumerSettingsComposer composer,
        IEventConsumerRunnerFactory runners,
        HostStopper stopper,
        Instruments instruments)
    {
        All = [.. registrations.Select(registration => new HostedConsumer(registration, composer, runners, stopper))];
        foreach (var consumer in All) instruments.Observe(() => ConsumerReader.Read(consumer));
    }

    public IReadOnlyList<HostedConsumer> All { get; }

    public HostedConsumer Get(string name) => All.First(consumer => consumer.Name == name);
}

using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Hosting;

/// <summary>The consumers of the host.</summary>
internal sealed class HostedConsumers(
    IEnumerable<ConsumerRegistration> registrations, ConsumerSettingsComposer composer, IEventConsumerRunnerFactory runners, HostStopper stopper)
{
    public IReadOnlyList<HostedConsumer> All { get; } = [.. registrations.Select(registration => new HostedConsumer(registration, composer, runners, stopper))];

    public HostedConsumer Get(string name) => All.First(consumer => consumer.Name == name);
}

using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka.Hosting;

/// <summary>Makes the engine of one consumer: composes its pipeline, connects nothing.</summary>
internal interface IEventConsumerRunnerFactory
{
    /// <summary>Called once for each consumer, after all registrations were found right and before any hosted service starts. What it throws ends the start.</summary>
    /// <param name="settings">The validated settings.</param>
    /// <param name="pipeline">What the registration said about handling.</param>
    /// <param name="stopHost">Ends the host with a reason, for the options that ask for it. Thread-safe; returns at once.</param>
    IEventConsumerRunner Create(ConsumerSettings settings, PipelineBlueprint pipeline, Action<string> stopHost);
}

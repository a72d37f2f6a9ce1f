using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka.Hosting;

/// <summary>Makes the engine of one consumer. One for the host; called once for each consumer, after validation and first contact.</summary>
internal interface IEventConsumerRunnerFactory
{
    /// <param name="settings">The validated settings.</param>
    /// <param name="pipeline">What the registration said about handling.</param>
    /// <param name="stopHost">Ends the host with this reason, for the options that ask for it. Thread-safe; returns at once.</param>
    IEventConsumerRunner Create(ConsumerSettings settings, PipelineBlueprint pipeline, Action<Exception> stopHost);
}

using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka;

/// <summary>Says what a consumer reads, how it handles events, and what happens when that fails.</summary>
public sealed partial class EventConsumerBuilder : IEventSerializationBuilder
{
    internal EventConsumerBuilder()
    {
    }

    internal PipelineBlueprint Pipeline { get; } = new();

    /// <inheritdoc/>
    public void UseSerializers(Func<IServiceProvider, IEventSerializerFactory> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        Pipeline.SerializerFactory = factory;
    }
}

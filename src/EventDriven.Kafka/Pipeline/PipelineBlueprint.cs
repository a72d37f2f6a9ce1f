namespace EventDriven.Kafka.Pipeline;

/// <summary>What the builder of a consumer collects about its pipeline, before it is composed at start.</summary>
internal sealed class PipelineBlueprint
{
    public Func<IServiceProvider, IEventSerializerFactory>? SerializerFactory { get; set; }
}

using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Pipeline;

/// <summary>What the builder of a consumer collects about its pipeline, before it is composed at start.</summary>
internal sealed class PipelineBlueprint
{
    public Func<IServiceProvider, IEventSerializerFactory>? SerializerFactory { get; set; }

    /// <summary>What the pipeline resolves, such as handlers: registered unless the application has done so, or does so later.</summary>
    public List<ServiceDescriptor> Services { get; } = [];
}

using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Pipeline;

/// <summary>Stands around the parts of each pipeline when it is composed, where one is registered. The Testing package records by it; otherwise there is none, at no cost.</summary>
internal interface IPipelineObserver
{
    /// <summary>Puts itself around a whole pipeline.</summary>
    IEventPipeline Observe(ConsumerSettings settings, IEventPipeline pipeline);

    /// <summary>Puts itself around a handler.</summary>
    IEventHandler<T> Observe<T>(ConsumerSettings settings, IEventHandler<T> handler);

    /// <summary>Puts itself around the clock that times the delays between attempts.</summary>
    TimeProvider Observe(ConsumerSettings settings, TimeProvider delays);
}

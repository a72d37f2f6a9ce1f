namespace EventDriven.Kafka.Pipeline;

/// <summary>A handler of batches as it was registered.</summary>
internal sealed class BatchHandlerDescriptor<T>(Func<ServiceLookup, Func<EventContext, IBatchEventHandler<T>>> create)
    : HandlerDescriptor<T>(services => new BatchJoint<T>(create(services)))
{
    public override bool IsForBatches => true;

    protected override IEventHandler<T> CreateHandler(PipelineComposer composer)
    {
        var joint = base.CreateHandler(composer);
        composer.Joint = (IBatchJoint)joint;
        return joint;
    }
}

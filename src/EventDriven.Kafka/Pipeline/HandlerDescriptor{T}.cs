namespace EventDriven.Kafka.Pipeline;

/// <inheritdoc/>
internal class HandlerDescriptor<T>(Func<ServiceLookup, IEventHandler<T>> create) : HandlerDescriptor
{
    public override Type EventType => typeof(T);

    public override bool Accepts(MiddlewareDescriptor middleware) => middleware.IsFor<T>();

    public override object CreateSerializer(PipelineBlueprint blueprint, IServiceProvider root) => blueprint.SerializerOf<T>(root);

    public override EventRoute Compose(PipelineComposer composer)
    {
        var handler = CreateHandler(composer);
        var tombstones = composer.Blueprint.Tombstones.Find(static tombstones => tombstones.EventType == typeof(T));
        return new EventRoute<T>(
            composer.Settings.Name,
            composer.Blueprint.SerializerOf<T>(composer.Services.Root),
            composer.Observer?.Observe(composer.Settings, handler) ?? handler,
            tombstones?.Compose(composer.Services),
            [.. composer.Blueprint.Middleware.Where(middleware => middleware.IsFor<T>())],
            composer,
            HandlerType?.FullName,
            tombstones?.HandlerType?.FullName);
    }

    protected virtual IEventHandler<T> CreateHandler(PipelineComposer composer) => create(composer.Services);
}

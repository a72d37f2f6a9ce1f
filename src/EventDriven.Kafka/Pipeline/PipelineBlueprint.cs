using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Serialization;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EventDriven.Kafka.Pipeline;

/// <summary>What the builder of a consumer collects about its pipeline, before it is composed at start.</summary>
internal sealed class PipelineBlueprint
{
    private IServiceCollection? _services;
    private IEventSerializerFactory? _factory;

    public List<HandlerDescriptor> Handlers { get; } = [];

    public List<TombstoneDescriptor> Tombstones { get; } = [];

    public List<MiddlewareDescriptor> Middleware { get; } = [];

    public Func<EventContext, Type?>? TypeResolver { get; set; }

    /// <summary>Names under which records announce the event types, beside the full names of the types.</summary>
    public List<KeyValuePair<string, Type>> EventTypeNames { get; } = [];

    /// <summary>Names of types that are dropped on purpose.</summary>
    public HashSet<string> FilteredTypes { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether every event that names a type without a handler is dropped on purpose.</summary>
    public bool FiltersAllUnknown { get; set; }

    /// <summary>Whether other types than the handled ones are expected on the topics, so that even a consumer of one type has to ask.</summary>
    public bool ExpectsOtherTypes => FiltersAllUnknown || FilteredTypes.Count > 0;

    /// <summary>How keys are read; null where the consumer was not told.</summary>
    public KeyDescriptor? Key { get; set; }

    public Func<IServiceProvider, IEventSerializerFactory>? SerializerFactory { get; set; }

    /// <summary>Serializers of single event types, each an <see cref="IEventSerializer{T}"/> of its key; they go before the factory.</summary>
    public Dictionary<Type, object> Deserializers { get; } = [];

    public FailurePolicyBuilder Failures { get; } = new();

    /// <summary>Whether what handlers produce, and the positions, are committed in transactions.</summary>
    public bool IsTransactional { get; set; }

    /// <summary>Registers handlers and middleware as scoped, unless the application registers them itself, before or afterwards.</summary>
    public void AddServices(IServiceCollection services)
    {
        _services = services;
        if (IsTransactional) services.TryAddSingleton<AmbientTransaction>();

        foreach (var handler in Handlers)
        {
            if (handler.HandlerType is { IsAbstract: false } type)
            {
                services.TryAddScoped(type);
            }
        }

        foreach (var tombstones in Tombstones)
        {
            if (tombstones.HandlerType is { IsAbstract: false } type)
            {
                services.TryAddScoped(type);
            }
        }

        foreach (var middleware in Middleware)
        {
            if (middleware is { Type: { IsAbstract: false } type, Arguments.Length: 0 })
            {
                services.TryAddScoped(type);
            }
        }
    }

    /// <summary>Finds everything that is wrong with the pipeline, before the host starts.</summary>
    /// <param name="root">The root services.</param>
    /// <param name="subject">Whose pipeline it is: <c>consumer 'inventory'</c>.</param>
    /// <param name="errors">Where the errors go.</param>
    public void Check(IServiceProvider root, string subject, ICollection<ConfigurationError> errors) =>
        new PipelineCheck(this, root, subject, errors).Run();

    /// <summary>Composes the pipeline, once, at start. Singleton handlers and middleware are created here.</summary>
    public IEventPipeline Build(IServiceProvider root, ConsumerSettings settings, TimeProvider time)
    {
        var observer = root.GetService<IPipelineObserver>();
        var pipeline = new PipelineComposer(this, root, settings, time, observer).Compose();
        return observer?.Observe(settings, pipeline) ?? pipeline;
    }

    /// <summary>Whether the consumer takes several events at a time.</summary>
    public bool IsForBatches => Handlers.Exists(static handler => handler.IsForBatches);

    public ServiceLookup LookUp(IServiceProvider root) => new(root, _services ?? new ServiceCollection());

    /// <summary>What tells the type of an event from its bytes; null where nothing does.</summary>
    public IEventTypeReader? TypeReaderOf(IServiceProvider root) => FactoryOf(root) as IEventTypeReader;

    public IEventSerializer<T> SerializerOf<T>(IServiceProvider root)
    {
        if (Deserializers.TryGetValue(typeof(T), out var own))
        {
            return (IEventSerializer<T>)own;
        }

        return FactoryOf(root).Create<T>(EventComponent.Value);
    }

    private IEventSerializerFactory FactoryOf(IServiceProvider root) => _factory ??= SerializerFactory?.Invoke(root) ?? JsonEventSerializerFactory.Default;
}

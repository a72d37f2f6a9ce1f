using Confluent.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Producing;

namespace EventDriven.Kafka;

/// <summary>Says how the events of one producer are keyed, written and sent. Not thread-safe.</summary>
/// <typeparam name="T">The type of the events.</typeparam>
/// <remarks>Values are JSON unless a serializer is chosen; headers of CloudEvents 1.0 (Kafka binding, binary mode) are added to each record.</remarks>
public sealed partial class EventProducerBuilder<T> : IEventSerializationBuilder
{
    private readonly List<Action<EventProducerOptions>> _options = [];
    private Func<IServiceProvider, IEventSerializerFactory>? _serializers;
    private Action<ProducerConfig>? _configureClient;
    private string? _name;
    private string? _cluster;
    private string? _eventType;

    internal EventProducerBuilder()
    {
    }

    internal IReadOnlyList<Action<EventProducerOptions>> Options => _options;

    /// <summary>Names the producer: in logs, in errors, and for its section of configuration, <c>{cluster}:Producers:{name}</c>. The default value is the topic.</summary>
    /// <param name="name">The name.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or blank.</exception>
    public EventProducerBuilder<T> Named(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _name = name;
        return this;
    }

    /// <summary>Chooses a cluster by the name that <c>AddEventDriven</c> gave it. The default value is the first cluster.</summary>
    /// <param name="cluster">The name of the cluster.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="cluster"/> is null or blank.</exception>
    public EventProducerBuilder<T> OnCluster(string cluster)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(cluster);
        _cluster = cluster;
        return this;
    }

    /// <summary>
    /// Sets the name of the event type that each record carries in its header <c>ce_type</c>. The default value is the full name of <typeparamref name="T"/>: set it
    /// to a name of your own, so that the type can be renamed or moved without consumers noticing.
    /// </summary>
    /// <param name="name">The name, such as <c>com.example.order-placed</c>.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or blank.</exception>
    public EventProducerBuilder<T> EventType(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _eventType = name;
        return this;
    }

    /// <summary>
    /// Leaves out the headers of CloudEvents (<c>ce_id</c>, <c>ce_source</c>, <c>ce_specversion</c>, <c>ce_type</c>, <c>ce_time</c>, <c>content-type</c>). A consumer of
    /// several event types then needs another way to tell them apart. The same as <see cref="EventProducerOptions.CloudEvents"/>, which configuration may replace.
    /// </summary>
    /// <returns>This builder.</returns>
    public EventProducerBuilder<T> WithoutCloudEvents() => Configure(static options => options.CloudEvents = CloudEventsMode.Off);

    /// <summary>Sets options in code; configuration replaces them. May be called several times. Producers of one name share their options.</summary>
    /// <param name="configure">Changes the options.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public EventProducerBuilder<T> Configure(Action<EventProducerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _options.Add(configure);
        return this;
    }

    /// <summary>Changes the settings of the Kafka client, after all others. What the library must own is refused at start, with the reason. May be called several times.</summary>
    /// <param name="configure">Changes the settings; called once, at start.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public EventProducerBuilder<T> ConfigureClient(Action<ProducerConfig> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _configureClient += configure;
        return this;
    }

    /// <inheritdoc/>
    public void UseSerializers(Func<IServiceProvider, IEventSerializerFactory> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        _serializers = factory;
    }

    internal ProducerBlueprint<T> Build(string topic, object? serviceKey) => new()
    {
        Registration = new ProducerRegistration(_name ?? topic, _cluster),
        Topic = topic,
        ServiceKey = serviceKey,
        ConfigureClient = _configureClient,
        CreateKey = _createKey,
        KeyType = _keyType,
        ChosenKeyType = _chosenKeyType,
        Middleware = _middleware,
        SerializerFactory = _serializers,
        EventTypeName = _eventType ?? typeof(T).FullName ?? typeof(T).Name,
    };
}

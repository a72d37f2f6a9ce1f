using Confluent.Kafka;
using EventDriven.Kafka.Pipeline;

namespace EventDriven.Kafka;

/// <summary>
/// Says what a consumer reads, how it handles events, and what happens when that fails. What it says are defaults: the configuration section
/// <c>{cluster}:Consumers:{name}</c> replaces them. Not thread-safe; used only while services are registered.
/// </summary>
public sealed partial class EventConsumerBuilder : IEventSerializationBuilder
{
    private readonly List<Action<EventConsumerOptions>> _configureOptions = [];

    internal EventConsumerBuilder()
    {
    }

    internal string? Name { get; private set; }

    internal string? Cluster { get; private set; }

    internal Action<ConsumerConfig>? ClientSettings { get; private set; }

    internal PipelineBlueprint Pipeline { get; } = new();

    /// <summary>Names the consumer, in place of its group. The name is that of its configuration section, its options, its control and its health check.</summary>
    /// <param name="name">The name, unique in the host (letter case aside), without a colon.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    public EventConsumerBuilder Named(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        return this;
    }

    /// <summary>Chooses the cluster, in place of the first one that was registered.</summary>
    /// <param name="cluster">The name given to <c>AddEventDriven</c>. One that is not registered is an error when the host starts.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="cluster"/> is null or empty.</exception>
    public EventConsumerBuilder OnCluster(string cluster)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(cluster);
        Cluster = cluster;
        return this;
    }

    /// <summary>Handles the events of a partition one after the other; partitions run side by side. This is the default.</summary>
    /// <returns>This builder.</returns>
    public EventConsumerBuilder InPartitionOrder() => Configure(static options => options.Ordering = OrderingMode.Partition);

    /// <summary>Handles the events of a key one after the other; keys run side by side. Events without a key have no order.</summary>
    /// <param name="maxConcurrency">How many events may be in handlers at once, from 1 to 100,000.</param>
    /// <returns>This builder.</returns>
    public EventConsumerBuilder InKeyOrder(int maxConcurrency) => Configure(options =>
    {
        options.Ordering = OrderingMode.Key;
        options.MaxConcurrency = maxConcurrency;
    });

    /// <summary>Handles events side by side, in any order.</summary>
    /// <param name="maxConcurrency">How many events may be in handlers at once, from 1 to 100,000.</param>
    /// <returns>This builder.</returns>
    public EventConsumerBuilder Unordered(int maxConcurrency) => Configure(options =>
    {
        options.Ordering = OrderingMode.None;
        options.MaxConcurrency = maxConcurrency;
    });

    /// <summary>Says where to start on a partition for which the group has no committed position.</summary>
    /// <param name="position">The oldest or the newest record; for a time use the other overload.</param>
    /// <returns>This builder.</returns>
    public EventConsumerBuilder StartAt(StartPosition position) => Configure(options => options.StartAt = position);

    /// <summary>Says to start at a time on a partition for which the group has no committed position.</summary>
    /// <param name="timestamp">The first record whose timestamp is not before it is the first to be handled.</param>
    /// <returns>This builder.</returns>
    public EventConsumerBuilder StartAt(DateTimeOffset timestamp) => Configure(options =>
    {
        options.StartAt = StartPosition.Timestamp;
        options.StartTimestamp = timestamp;
    });

    /// <summary>Says to start at an offset on a partition for which the group has no committed position. Several calls add up; the other partitions start where the other overloads say.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The number of the partition.</param>
    /// <param name="offset">The offset of the first event to handle. One that the log does not hold is moved to the end of the log that is nearest to it.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException"><paramref name="topic"/> is null or empty, or a number is negative.</exception>
    public EventConsumerBuilder StartAt(string topic, int partition, long offset)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return Configure(options =>
        {
            if (!options.StartOffsets.TryGetValue(topic, out var offsets)) options.StartOffsets[topic] = offsets = new Dictionary<int, long>();
            offsets[partition] = offset;
        });
    }

    /// <summary>Sets options of the consumer, over what was said before; configuration replaces what is set here.</summary>
    /// <param name="configure">Sets the options.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public EventConsumerBuilder Configure(Action<EventConsumerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        _configureOptions.Add(configure);
        return this;
    }

    /// <summary>
    /// Sets what this library has no option for, on the settings of the Kafka client: over those of the cluster and of <see cref="EventConsumerOptions.Client"/>.
    /// Settings that the library must own, such as <c>enable.auto.commit</c>, are refused when the host starts, each with the reason.
    /// </summary>
    /// <param name="configure">Called once, when the host starts; several calls add up.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="configure"/> is null.</exception>
    public EventConsumerBuilder ConfigureClient(Action<ConsumerConfig> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        ClientSettings += configure;
        return this;
    }

    /// <inheritdoc/>
    public void UseSerializers(Func<IServiceProvider, IEventSerializerFactory> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        Pipeline.SerializerFactory = factory;
    }

    internal void Apply(EventConsumerOptions options)
    {
        foreach (var configure in _configureOptions) configure(options);
    }
}

using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Testing;

/// <summary>Waits for what a consumer of the host has done, by its own signals: never by sleeping. Thread-safe.</summary>
/// <remarks>
/// Each call ends with an <see cref="InvalidOperationException"/> when the consumer has ended, since what was waited for can't come any more. There is no time
/// limit: give a token that has one.
/// </remarks>
public static class EventConsumerWaitingExtensions
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Waits until a consumer has handled a number of events, those filtered on purpose included.</summary>
    /// <param name="services">The services of the host, which has been started.</param>
    /// <param name="consumer">The name of the consumer: its group unless it was named otherwise.</param>
    /// <param name="count">How many events since the start of the host; one that is handled again counts again.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that completes when it has.</returns>
    /// <exception cref="InvalidOperationException">There is no such consumer, the host was not started, or the consumer has ended.</exception>
    public static Task WaitUntilHandledAsync(this IServiceProvider services, string consumer, long count, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return WaitAsync(EngineOf(services, consumer), snapshot => snapshot.Finished >= count, cancellationToken);
    }

    /// <summary>Waits until the broker has acknowledged a commit of a consumer for a partition at an offset, or above.</summary>
    /// <param name="services">The services of the host, which has been started.</param>
    /// <param name="consumer">The name of the consumer: its group unless it was named otherwise.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">The offset of the next event to handle: one more than that of the last handled one.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that completes when it has. Commits of before the start of the host do not count.</returns>
    /// <exception cref="InvalidOperationException">There is no such consumer, the host was not started, or the consumer has ended.</exception>
    public static Task WaitUntilCommittedAsync(
        this IServiceProvider services, string consumer, string topic, int partition, long offset, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(topic);
        var id = new PartitionId(topic, partition);
        return WaitUntilCommittedAsync(EngineOf(services, consumer), id, offset, cancellationToken);
    }

    /// <summary>
    /// Waits until a consumer's lag is zero: everything that its topics hold at the time of the call is handled (or filtered on purpose) and committed.
    /// </summary>
    /// <param name="services">The services of the host, which has been started.</param>
    /// <param name="consumer">The name of the consumer: its group unless it was named otherwise. It must be the only member of its group.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>A task that completes when it has caught up.</returns>
    /// <exception cref="InvalidOperationException">
    /// There is no such consumer, the host was not started, the consumer has ended, or one of its partitions has stopped at a failing event, which is the inner exception.
    /// </exception>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public static async Task WaitUntilCaughtUpAsync(this IServiceProvider services, string consumer, CancellationToken cancellationToken = default)
    {
        var engine = EngineOf(services, consumer);
        var ends = await Task.Run(() => LogEnds(engine), cancellationToken).ConfigureAwait(false);
        await WaitAsync(engine, snapshot => HasHandled(snapshot, ends, engine.Name), cancellationToken).ConfigureAwait(false);

        engine.CommitSoon();

        // What was committed before this client joined is known to the broker alone.
        var committed = await Task.Run(() => Committed(engine, ends.Keys), cancellationToken).ConfigureAwait(false);
        await WaitAsync(
            engine, snapshot => ends.All(end => committed.GetValueOrDefault(end.Key) >= end.Value || IsCommitted(snapshot, end.Key, end.Value)), cancellationToken)
            .ConfigureAwait(false);
    }

    private static async Task WaitUntilCommittedAsync(EventConsumer engine, PartitionId partition, long offset, CancellationToken cancellationToken)
    {
        // The commit interval runs by the host's clock, which a test may have stopped: what is waited for is committed at once.
        await WaitAsync(
            engine,
            snapshot => IsCommitted(snapshot, partition, offset) || snapshot.Assignments.Any(assignment => assignment.Id == partition && assignment.Position >= offset),
            cancellationToken).ConfigureAwait(false);
        engine.CommitSoon();
        await WaitAsync(engine, snapshot => IsCommitted(snapshot, partition, offset), cancellationToken).ConfigureAwait(false);
    }

    internal static EventConsumer EngineOf(IServiceProvider services, string consumer)
    {
        var hosted = Find(services, consumer);
        return hosted.Engine ?? throw new InvalidOperationException($"Consumer '{consumer}' does not run yet: start the host first.");
    }

    internal static HostedConsumer Find(IServiceProvider services, string consumer)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(consumer);
        var consumers = services.GetService<HostedConsumers>()
            ?? throw new InvalidOperationException("The services have no consumer: register one with AddEventConsumer.");
        return consumers.All.FirstOrDefault(hosted => hosted.Name == consumer)
            ?? throw new InvalidOperationException($"There is no consumer '{consumer}'. There are: {string.Join(", ", consumers.All.Select(static hosted => $"'{hosted.Name}'"))}.");
    }

    internal static InvalidOperationException Ended(string consumer, ConsumerEnd? end) =>
        new($"Consumer '{consumer}' has ended, so this can't come any more: {end?.Message ?? "it was stopped."}");

    private static async Task WaitAsync(EventConsumer engine, Func<ConsumerSnapshot, bool> condition, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wait = engine.WaitUntilAsync(condition, waiting.Token);
        if (await Task.WhenAny(wait, engine.Completion).ConfigureAwait(false) != wait && !condition(engine.GetSnapshot()))
        {
            await waiting.CancelAsync().ConfigureAwait(false);
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw Ended(engine.Name, await engine.Completion.ConfigureAwait(false));
        }

        await wait.ConfigureAwait(false);
    }

    private static bool HasHandled(ConsumerSnapshot snapshot, Dictionary<PartitionId, long> ends, string consumer)
    {
        foreach (var assignment in snapshot.Assignments)
        {
            if (assignment.StoppedAt is { } stopped)
            {
                throw new InvalidOperationException(
                    $"Consumer '{consumer}' can't catch up: {assignment.Id} is stopped at offset {stopped.Offset}, where an event failed.", stopped.Error);
            }
        }

        return ends.All(end => snapshot.Assignments.Any(assignment => assignment.Id == end.Key && assignment.Position >= end.Value));
    }

    private static bool IsCommitted(ConsumerSnapshot snapshot, PartitionId partition, long offset) =>
        snapshot.Committed.TryGetValue(partition, out var committed) && committed >= offset;

    /// <summary>The ends of those partitions that hold something.</summary>
    private static Dictionary<PartitionId, long> LogEnds(EventConsumer engine)
    {
        using var client = CreateClient(engine);
        using var admin = new DependentAdminClientBuilder(client.Handle).Build();
        var ends = new Dictionary<PartitionId, long>();

        // All topics, never one by name: asking for a missing topic creates it.
        var existing = admin.GetMetadata(RequestTimeout).Topics;
        var selected = new TopicSelection(engine.Settings.Options.Topics).Expand([.. existing.Select(static topic => topic.Topic)], out _);
        foreach (var topic in existing.Where(topic => selected.Contains(topic.Topic)))
        {
            foreach (var partition in topic.Partitions)
            {
                var marks = client.QueryWatermarkOffsets(new TopicPartition(topic.Topic, partition.PartitionId), RequestTimeout);
                if (marks.High.Value > marks.Low.Value) ends.Add(new PartitionId(topic.Topic, partition.PartitionId), marks.High.Value);
            }
        }

        return ends;
    }

    private static Dictionary<PartitionId, long> Committed(EventConsumer engine, IEnumerable<PartitionId> partitions)
    {
        using var client = CreateClient(engine);
        return client.Committed(partitions.Select(static id => new TopicPartition(id.Topic, id.Partition)), RequestTimeout)
            .ToDictionary(static position => new PartitionId(position.Topic, position.Partition.Value), static position => position.Offset.Value);
    }

    /// <summary>A client that never joins the group.</summary>
    private static IConsumer<Ignore, Ignore> CreateClient(EventConsumer engine)
    {
        var config = engine.Settings.CreateClientConfig();
        config.GroupId = engine.Settings.Group;
        return new ConsumerBuilder<Ignore, Ignore>(config).SetLogHandler(static (_, _) => { }).Build();
    }
}

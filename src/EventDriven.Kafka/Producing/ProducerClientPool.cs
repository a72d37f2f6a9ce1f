using System.Text;
using Confluent.Kafka;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Security;
using EventDriven.Kafka.Telemetry;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Producing;

/// <summary>One client for all producers with the same cluster and settings. Thread-safe.</summary>
/// <param name="logger">For the clients.</param>
/// <param name="timeProvider">For pauses and budgets.</param>
/// <param name="create">Makes an instance of the client.</param>
/// <param name="instruments">Where the clients are told of.</param>
/// <param name="tokens">Where tokens come from; null where there are none.</param>
internal sealed partial class ProducerClientPool(
    ILogger logger, TimeProvider timeProvider, Func<ProducerConfig, ProducerFactory> create, Instruments instruments, TokenSources? tokens = null)
    : IStopAfterConsumers, IAsyncDisposable, IDisposable
{
    /// <summary>How long a disposal waits for events under way where no host has stopped the producers before.</summary>
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ProducerClient> _clients = new(StringComparer.Ordinal);
    private readonly HashSet<ProducerClient> _forHandOver = [];
    private Task? _stop;

    /// <summary>The client of a cluster with these settings.</summary>
    /// <exception cref="ObjectDisposedException">The producers have stopped.</exception>
    public ProducerClient Get(string cluster, ProducerConfig settings)
    {
        var key = KeyOf(cluster, settings);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stop is not null, typeof(IEventProducer<>));
            if (!_clients.TryGetValue(key, out var client))
            {
                client = new ProducerClient(cluster, create(settings), logger, timeProvider, tokens?.For(cluster, settings), instruments);
                _clients.Add(key, client);
            }

            return client;
        }
    }

    /// <summary>The client by which the consumers of a cluster hand failed events over. It ends at once with the producers: whoever waited for it has stopped by then.</summary>
    /// <exception cref="ObjectDisposedException">The producers have stopped.</exception>
    public ProducerClient GetForHandOver(string cluster, ProducerConfig settings)
    {
        var client = Get(cluster, settings);
        lock (_gate) _forHandOver.Add(client);
        return client;
    }

    /// <summary>What keeps the events of a cluster from being delivered at this moment.</summary>
    public IReadOnlyList<string> TroublesOf(string cluster)
    {
        lock (_gate) return [.. _clients.Values.Where(client => client.Cluster == cluster).Select(static client => client.Trouble).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>How the clients are at this moment.</summary>
    public IReadOnlyList<ProducerClientReading> Read()
    {
        lock (_gate) return [.. _clients.Values.Select(static client => client.Read())];
    }

    /// <inheritdoc/>
    public ValueTask StopAsync(CancellationToken cancellationToken) => new(StopOnce(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        using var budget = new CancellationTokenSource(DisposeTimeout, timeProvider);
        // What was not delivered has been logged.
        await StopOnce(budget.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static string KeyOf(string cluster, ProducerConfig settings)
    {
        var key = new StringBuilder(cluster);
        foreach (var (name, value) in settings.OrderBy(static setting => setting.Key, StringComparer.Ordinal)) key.Append('\n').Append(name).Append('=').Append(value);
        return key.ToString();
    }

    private Task StopOnce(CancellationToken cancellationToken)
    {
        lock (_gate) return _stop ??= StopAllAsync([.. _clients.Values], cancellationToken);
    }

    private async Task StopAllAsync(ProducerClient[] clients, CancellationToken cancellationToken)
    {
        // What consumers have given up is no event that a producer was given; its owner redelivers it.
        var forHandOver = clients.Where(_forHandOver.Contains).ToArray();
        var abandoned = Task.WhenAll(forHandOver.Select(static client => client.StopAsync(new CancellationToken(canceled: true))));
        var results = await Task.WhenAll(clients.Except(forHandOver).Select(client => client.StopAsync(cancellationToken))).ConfigureAwait(false);
        await abandoned.ConfigureAwait(false);
        var left = results.SelectMany(static result => result).ToArray();
        if (left.Length == 0) return;

        foreach (var (target, count) in left) Log.NotDelivered(logger, count, target.Name, target.Topic);
        throw new EventProduceException(
            $"{left.Sum(static one => one.Value)} event(s) were not delivered, or may not have been, when the time to stop was over: "
            + string.Join(", ", left.Select(static one => $"{one.Value} of producer '{one.Key.Name}' for topic '{one.Key.Topic}'"))
            + ". Give the host a longer HostOptions.ShutdownTimeout, or check that the brokers can be reached.",
            string.Join(",", left.Select(static one => one.Key.Topic).Distinct(StringComparer.Ordinal)),
            left.Length == 1 ? left[0].Key.EventType : null,
            ProduceFailureReason.NotDelivered,
            count: left.Sum(static one => one.Value),
            mayHaveBeenDelivered: true);
    }

    private static partial class Log
    {
        [LoggerMessage(3030, LogLevel.Error,
            "{Count} event(s) of producer '{Producer}' for topic '{Topic}' were not delivered, or may not have been, when the time to stop was over.")]
        public static partial void NotDelivered(ILogger logger, long count, string producer, string topic);
    }
}

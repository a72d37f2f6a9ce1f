using Confluent.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Security;

namespace EventDriven.Kafka.DeadLetters;

/// <summary>Makes the clients by which the dead letters of one cluster are read, put back and deleted. Thread-safe.</summary>
internal sealed class DeadLetterClients(string cluster, ClusterOptionsFactory clusters, ClientConfigComposer composer, TokenSources tokens)
{
    /// <summary>How long brokers have to answer a question.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may take to close before it is left to itself.</summary>
    public static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(5);

    public string Cluster => cluster;

    public string BootstrapServers => Options.BootstrapServers;

    private KafkaClusterOptions Options
    {
        get
        {
            // What is wrong with the cluster is told when the host starts.
            var options = clusters.Create(cluster, []);
            options.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
            return options;
        }
    }

    /// <param name="group">The group whose committed offsets say where to go on; null for a client that reads what it is told to.</param>
    /// <param name="listen">Adds handlers.</param>
    /// <param name="protocol">The protocol of the group.</param>
    public ClientOf<IConsumer<byte[]?, byte[]?>> CreateConsumer(string? group, Action<ConsumerBuilder<byte[]?, byte[]?>>? listen = null, GroupProtocol protocol = GroupProtocol.Classic)
    {
        var config = composer.CreateConsumerConfig("dead letters", Options, new EventConsumerOptions(), null, []);
        config.GroupId = group ?? "unused";
        // The client commits in the background what is stored, before a revocation, and when it closes.
        config.EnableAutoCommit = group is not null;
        config.EnableAutoOffsetStore = false;
        config.AutoCommitIntervalMs = 100;
        config.EnablePartitionEof = true;
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.AllowAutoCreateTopics = false;
        config.QueuedMaxMessagesKbytes = 16 * 1024;
        config.GroupProtocol = protocol;
        var builder = new ConsumerBuilder<byte[]?, byte[]?>(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { });
        listen?.Invoke(builder);
        return Create(config, refresh => builder.SetOAuthBearerTokenRefreshHandler((client, _) => refresh(client)), builder.Build);
    }

    public ClientOf<IAdminClient> CreateAdmin()
    {
        var config = composer.CreateAdminConfig(Options);
        var builder = new AdminClientBuilder(config).SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { });
        return Create(config, refresh => builder.SetOAuthBearerTokenRefreshHandler((client, _) => refresh(client)), builder.Build);
    }

    private ClientOf<TClient> Create<TClient>(ClientConfig config, Action<Action<IClient>> setRefresh, Func<TClient> build)
        where TClient : class, IClient
    {
        ClientTokens? clientTokens = null;
        if (tokens.For(cluster, config) is { } source)
        {
            clientTokens = new ClientTokens(source);
            setRefresh(clientTokens.Refresh);
        }

        try
        {
            return new ClientOf<TClient>(build(), clientTokens);
        }
        catch (Exception refused) when (refused is KafkaException or InvalidOperationException or ArgumentException)
        {
            throw new DeadLetterException($"The Kafka client refuses the settings of the cluster '{cluster}': {refused.Message}", refused);
        }
    }

    /// <summary>A client with its tokens; both end together.</summary>
    internal sealed class ClientOf<TClient>(TClient client, ClientTokens? tokens) : IAsyncDisposable
        where TClient : class, IClient
    {
        public TClient Client => client;

        public async ValueTask DisposeAsync()
        {
            tokens?.Close();

            // With a frozen broker neither may return: whoever waits for the call must not wait for that.
            var closing = Task.Run(() =>
            {
                (client as IConsumer<byte[]?, byte[]?>)?.Close();
                client.Dispose();
            });
            await Task.WhenAny(closing, Task.Delay(LongestClose, TimeProvider.System)).ConfigureAwait(false);
        }
    }
}

using Confluent.Kafka;
using EventDriven.Kafka.Security;

namespace EventDriven.Kafka.Hosting;

/// <summary>A client that asks a cluster about topics, for the length of a few questions.</summary>
internal sealed class AdminConnection
{
    private readonly ClientTokens? _tokens;

    /// <exception cref="KafkaException">The client refuses its settings; so may other types.</exception>
    public AdminConnection(string cluster, AdminClientConfig config, ContactProblems problems, TokenSources? tokenSources)
    {
        var builder = new AdminClientBuilder(config).SetErrorHandler((_, error) => problems.Note(error)).SetLogHandler((_, line) => problems.Note(line));
        if (tokenSources?.For(cluster, config) is { } source)
        {
            _tokens = new ClientTokens(source);
            builder.SetOAuthBearerTokenRefreshHandler((asking, _) => _tokens.Refresh(asking));
        }

        Client = builder.Build();
    }

    public IAdminClient Client { get; }

    /// <summary>Closes it, beside the caller: its own thread takes a moment to end, which is no part of the answer.</summary>
    public void CloseSoon() => _ = Task.Run(() =>
    {
        _tokens?.Close();
        Client.Dispose();
    });
}

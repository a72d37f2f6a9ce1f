using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Security;

/// <summary>The source of tokens of each cluster that has a provider. Thread-safe.</summary>
internal sealed class TokenSources(IServiceProvider services, IOptionsMonitor<KafkaClusterOptions> clusters, TimeProvider time, ILogger<TokenSource> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TokenSource?> _sources = new(StringComparer.Ordinal);

    /// <summary>Tokens for a client of a cluster; null where its settings do not ask for any, or nobody provides them.</summary>
    public TokenSource? For(string cluster, IEnumerable<KeyValuePair<string, string>> settings) =>
        SecuritySettings.AsksForTokens(settings) ? Of(cluster) : null;

    /// <summary>Those of a cluster, where any client has asked for one; null otherwise.</summary>
    public TokenSource? Existing(string cluster)
    {
        lock (_gate) return _sources.GetValueOrDefault(cluster);
    }

    /// <summary>The application's provider for a cluster; null where it registers none.</summary>
    public IOAuthBearerTokenProvider? ProviderOf(string cluster) =>
        services.GetKeyedService<IOAuthBearerTokenProvider>(cluster) ?? services.GetService<IOAuthBearerTokenProvider>();

    private TokenSource? Of(string cluster)
    {
        lock (_gate)
        {
            if (_sources.TryGetValue(cluster, out var known)) return known;

            var source = ProviderOf(cluster) is { } provider ? new TokenSource(cluster, provider, clusters.Get(cluster).Security.TokenTimeout, time, logger) : null;
            _sources.Add(cluster, source);
            return source;
        }
    }
}

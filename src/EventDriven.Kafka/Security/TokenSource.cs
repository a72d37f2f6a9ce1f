using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Security;

/// <summary>
/// Gets the tokens of one cluster from the application's provider, on threads of the pool: a provider may block, throw or never return. Thread-safe.
/// </summary>
internal sealed partial class TokenSource(string cluster, IOAuthBearerTokenProvider provider, TimeSpan timeout, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private Task<OAuthBearerToken>? _running;
    private TokenState _state = new(null, default, null);

    public TokenState State => Volatile.Read(ref _state);

    /// <summary>A new token; those who ask at the same time get the same. Returns at once.</summary>
    /// <exception cref="TokenException">There is none (in the task).</exception>
    public Task<OAuthBearerToken> GetAsync()
    {
        lock (_gate)
        {
            // In the pool from the first line of the provider's code on: the caller is a poll thread.
            return _running is { IsCompleted: false } ? _running : _running = Task.Run(GetOnceAsync);
        }
    }

    /// <summary>Notes that the client does not take a token, as if there were none.</summary>
    public TokenException Refused(Exception thrown) => Failed($"the token of the provider is refused by the Kafka client ({thrown.GetType().Name})", thrown);

    private async Task<OAuthBearerToken> GetOnceAsync()
    {
        using var limit = new CancellationTokenSource(timeout, time);
        OAuthBearerToken? token;
        try
        {
            var call = Task.Run(() => provider.GetTokenAsync(cluster, limit.Token).AsTask(), CancellationToken.None);
            // Whatever becomes of it after its time is over is nobody's business any more.
            _ = call.ContinueWith(static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            token = await call.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw Failed($"the token provider gave none within {timeout} (Security:TokenTimeout)", null);
        }
#pragma warning disable CA1031 // Whatever the application's code throws is a failed try.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            throw Failed($"the token provider threw {thrown.GetType().Name}", thrown);
        }

        if (string.IsNullOrEmpty(token?.Value)) throw Failed("the token provider returned an empty token", null);
        if (token.ExpiresAt <= time.GetUtcNow()) throw Failed($"the token provider returned a token that has expired at {token.ExpiresAt:u}", null);

        Succeeded(token);
        return token;
    }

    private void Succeeded(OAuthBearerToken token)
    {
        bool wasFailing;
        lock (_gate)
        {
            wasFailing = _state.Failure is not null;
            Volatile.Write(ref _state, new TokenState(null, default, token.ExpiresAt));
        }

        if (wasFailing) LogRecovered(cluster);
    }

    private TokenException Failed(string why, Exception? thrown)
    {
        bool isNews;
        lock (_gate)
        {
            isNews = _state.Failure != why;
            Volatile.Write(ref _state, _state with { Failure = why, Since = _state.Failure is null ? time.GetUtcNow() : _state.Since });
        }

        if (isNews) LogFailed(thrown, cluster, why);
        return new TokenException($"Cluster '{cluster}' has no new token: {why}. It is asked again.");
    }

    [LoggerMessage(1010, LogLevel.Error, "Cluster '{Cluster}' has no new token for OAUTHBEARER: {Why}. It is asked again about every 10 seconds; this is told once until it succeeds or fails in another way.")]
    private partial void LogFailed(Exception? exception, string cluster, string why);

    [LoggerMessage(1011, LogLevel.Information, "Cluster '{Cluster}' has tokens for OAUTHBEARER again.")]
    private partial void LogRecovered(string cluster);
}

using Confluent.Kafka;

namespace EventDriven.Kafka.Security;

/// <summary>The tokens of one client instance. Thread-safe.</summary>
internal sealed class ClientTokens(TokenSource source)
{
    private readonly Lock _gate = new();
    private bool _closed;

    /// <summary>The client's refresh handler: asks for a token beside the thread that calls, and hands it over when it is there. Returns at once.</summary>
    public void Refresh(IClient client) => _ = RefreshAsync(client);

    /// <summary>Hands nothing more over. To be called before the client is disposed, which must not go away under a call.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
    }

    /// <summary>Whether the client's error only repeats what the source of tokens has told.</summary>
    public bool HasTold(Error error) =>
        error.Code == ErrorCode.Local_Authentication && source.State.Failure is { } failure && error.Reason.Contains(failure, StringComparison.Ordinal);

    private async Task RefreshAsync(IClient client)
    {
        try
        {
            var token = await source.GetAsync().ConfigureAwait(false);
            Give(client, token);
        }
        catch (TokenException failed)
        {
            Tell(client, failed);
        }
    }

    private void Give(IClient client, OAuthBearerToken token)
    {
        lock (_gate)
        {
            if (_closed) return;

            try
            {
                client.OAuthBearerSetToken(token.Value, token.ExpiresAt.ToUnixTimeMilliseconds(), token.Principal, token.Extensions.ToDictionary(StringComparer.Ordinal));
            }
#pragma warning disable CA1031 // The client throws several types for tokens, principals and extensions that it does not take.
            catch (Exception refused)
#pragma warning restore CA1031
            {
                throw source.Refused(refused);
            }
        }
    }

    private void Tell(IClient client, TokenException failed)
    {
        lock (_gate)
        {
            // From here the client knows to ask again.
            if (!_closed) client.OAuthBearerSetTokenFailure(failed.Message);
        }
    }
}

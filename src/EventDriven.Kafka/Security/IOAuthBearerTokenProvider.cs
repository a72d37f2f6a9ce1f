namespace EventDriven.Kafka;

/// <summary>
/// Gets the tokens for <see cref="KafkaAuthentication.OAuthBearer"/>. Register it as a singleton: for every cluster as a plain service, or for one as a keyed
/// service with the cluster's name as its key, which comes first.
/// </summary>
public interface IOAuthBearerTokenProvider
{
    /// <summary>
    /// Gets a token. Called for each client of the cluster when it connects first and when four fifths of its token's life are over; clients that ask at the same
    /// time share a call. Never called on a thread that reads or sends events, so it may block and take its time, up to <see cref="KafkaSecurityOptions.TokenTimeout"/>.
    /// </summary>
    /// <param name="cluster">The name of the cluster.</param>
    /// <param name="cancellationToken">Fires when the time is over; what is returned later is not used.</param>
    /// <returns>A token that has not expired.</returns>
    /// <remarks>What it throws is logged, turns health red (or degraded, while an earlier token is still good), and it is called again after about 10 seconds.</remarks>
    ValueTask<OAuthBearerToken> GetTokenAsync(string cluster, CancellationToken cancellationToken);
}

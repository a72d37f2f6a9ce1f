namespace EventDriven.Kafka;

/// <summary>A token for SASL OAUTHBEARER. Immutable; its text is not part of <see cref="object.ToString"/>.</summary>
public sealed class OAuthBearerToken
{
    /// <summary>The token as the broker gets it, such as a JWT in its compact form.</summary>
    public required string Value { get; init; }

    /// <summary>When it expires. Another is asked for when four fifths of the time until then are over.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The name of the principal; brokers take it from the token. Empty by default.</summary>
    public string Principal { get; init; } = "";

    /// <summary>SASL extensions to send along. Empty by default.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

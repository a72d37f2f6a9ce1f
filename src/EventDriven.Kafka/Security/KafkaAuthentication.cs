namespace EventDriven.Kafka;

/// <summary>How a client says who it is, beside a certificate of its own.</summary>
public enum KafkaAuthentication
{
    /// <summary>By a certificate (<see cref="KafkaSecurityOptions.CertificateFile"/>), or not at all.</summary>
    None = 0,

    /// <summary>SASL PLAIN: user name and password, which reach the broker as they are.</summary>
    Plain,

    /// <summary>SASL SCRAM-SHA-256: user name and a proof of the password.</summary>
    ScramSha256,

    /// <summary>SASL SCRAM-SHA-512: user name and a proof of the password.</summary>
    ScramSha512,

    /// <summary>SASL OAUTHBEARER, with the tokens of an <see cref="IOAuthBearerTokenProvider"/>.</summary>
    OAuthBearer,
}

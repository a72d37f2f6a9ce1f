using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka;

/// <summary>
/// How the clients of a cluster reach it: the section <c>Security</c> of the cluster's configuration. Left out, they connect in plaintext as nobody.
/// Passwords are neither logged nor told in an error.
/// </summary>
public sealed class KafkaSecurityOptions
{
    /// <summary>Whether connections are encrypted. The default value is null: they are where anything else of this section is set.</summary>
    public bool? Tls { get; set; }

    /// <summary>A PEM file with the certificates of the authorities that the brokers' certificates must come from. The default value is null: those that the system trusts.</summary>
    public string? CaFile { get; set; }

    /// <summary>A PEM file with the certificate of this client and those between it and the authority, for brokers that ask for one (mTLS). The default value is null.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>A PEM file with the private key of that certificate; it may be the same file. The default value is null.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The password of the private key, where it has one. The default value is null.</summary>
    public string? KeyPassword { get; set; }

    /// <summary>Whether a broker's certificate must be for the name or address by which it is reached. The default value is true.</summary>
    public bool VerifyHostName { get; set; } = true;

    /// <summary>How clients say who they are. The default value is <see cref="KafkaAuthentication.None"/>.</summary>
    public KafkaAuthentication Authentication { get; set; } = KafkaAuthentication.None;

    /// <summary>The user name, for PLAIN and SCRAM. The default value is null.</summary>
    public string? UserName { get; set; }

    /// <summary>The password, for PLAIN and SCRAM. The default value is null.</summary>
    public string? Password { get; set; }

    /// <summary>
    /// How long an <see cref="IOAuthBearerTokenProvider"/> may take for a token, from 100 milliseconds to 5 minutes; after that the try counts as failed and is
    /// repeated. The default value is 10 seconds.
    /// </summary>
    [TimeRange("00:00:00.100", "00:05:00")]
    public TimeSpan TokenTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

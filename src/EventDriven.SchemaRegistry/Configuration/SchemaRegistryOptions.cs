using System.ComponentModel.DataAnnotations;

namespace EventDriven.SchemaRegistry;

/// <summary>How a schema registry is reached and used. Bound from its section of the configuration, which replaces what code sets.</summary>
public sealed class SchemaRegistryOptions
{
    /// <summary>
    /// The addresses of the registry, such as <c>https://registry:8081</c>; several are tried in turn. Needed, unless a client of the application's own takes the place of the library's: then only
    /// the attribute <c>dataschema</c> of CloudEvents is made of the first, and left out where there is none.
    /// </summary>
    public IList<string> Urls { get; set; } = [];

    /// <summary>The context that subjects and ids are in, without the <c>:.</c> and <c>:</c> around it. The default value is null: the registry's default context.</summary>
    public string? Context { get; set; }

    /// <summary>The user of basic authentication. The default value is null: none.</summary>
    public string? Username { get; set; }

    /// <summary>The password of basic authentication.</summary>
    public string? Password { get; set; }

    /// <summary>A fixed token for bearer authentication. The default value is null: none.</summary>
    public string? BearerToken { get; set; }

    /// <summary>The token endpoint of OAuth 2.0 client credentials. The default value is null: no OAuth.</summary>
    public string? OAuthTokenEndpoint { get; set; }

    /// <summary>The client id of OAuth 2.0 client credentials.</summary>
    public string? OAuthClientId { get; set; }

    /// <summary>The client secret of OAuth 2.0 client credentials.</summary>
    public string? OAuthClientSecret { get; set; }

    /// <summary>The scope of OAuth 2.0 client credentials; needed with <see cref="OAuthTokenEndpoint"/>.</summary>
    public string? OAuthScope { get; set; }

    /// <summary>The logical cluster that is sent along with a token, where the registry is a hosted one that wants it.</summary>
    public string? LogicalCluster { get; set; }

    /// <summary>The identity pool that is sent along with a token, where the registry is a hosted one that wants it.</summary>
    public string? IdentityPool { get; set; }

    /// <summary>A PEM file with the certificate of the authority that signed the registry's own, which the registry sends along. The default value is null: the authorities that the machine trusts.</summary>
    public string? CaCertificate { get; set; }

    /// <summary>A PKCS#12 file with this application's own certificate and key, for mutual TLS. The default value is null: none.</summary>
    public string? ClientCertificate { get; set; }

    /// <summary>The password of <see cref="ClientCertificate"/>.</summary>
    public string? ClientCertificatePassword { get; set; }

    /// <summary>Whether the registry's certificate is checked. The default value is true.</summary>
    public bool VerifyCertificate { get; set; } = true;

    /// <summary>How long one request may take. The default value is 5 seconds.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the library tries, retries with growing and jittered pauses included, until it takes the registry for unavailable: a consumer then holds the event and tries
    /// again, a producer's call fails. The default value is 15 seconds.
    /// </summary>
    public TimeSpan TimeBudget { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many schemas are kept, and how many unknown ids. The default value is 1,000.</summary>
    [Range(3, 1_000_000)]
    public int MaxCachedSchemas { get; set; } = 1_000;

    /// <summary>How long the latest version of a subject is used before it is looked up again, where <see cref="UseLatestVersion"/> or metadata ask for it. The default value is 5 minutes.</summary>
    public TimeSpan LatestTtl { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long the registry is not asked again for what it did not know. An id that is unknown for the first time may have been registered a moment ago: its events are held for
    /// this time, and fail for good if it is unknown still. The default value is 5 seconds.
    /// </summary>
    public TimeSpan UnknownTtl { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest answer that is read, in bytes. The default value is 16 MiB.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxResponseBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>
    /// Whether producers register their schemas. The default value is null: only where the host's environment is Development. Elsewhere a schema has to be there before its producer,
    /// so that what is registered was reviewed.
    /// </summary>
    public bool? AutoRegister { get; set; }

    /// <summary>Whether the registry normalizes schemas before it compares or registers them. The default value is false.</summary>
    public bool NormalizeSchemas { get; set; }

    /// <summary>Whether producers write by the latest version of their subject instead of their own schema. The default value is false.</summary>
    public bool UseLatestVersion { get; set; }

    /// <summary>Whether, with <see cref="UseLatestVersion"/>, a producer's own schema must be compatible with the latest. The default value is true.</summary>
    public bool LatestCompatibilityStrict { get; set; } = true;

    /// <summary>Under which subjects schemas are registered, unless a producer says otherwise. The default value is <see cref="SubjectNaming.Topic"/>.</summary>
    public SubjectNaming SubjectNaming { get; set; }

    /// <summary>Where producers write the schema's id. The default value is <see cref="SchemaIdLocation.Prefix"/>.</summary>
    public SchemaIdLocation SchemaIdLocation { get; set; }
}

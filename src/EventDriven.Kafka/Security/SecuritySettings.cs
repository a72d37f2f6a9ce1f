namespace EventDriven.Kafka.Security;

/// <summary>The client's settings for the security options of a cluster.</summary>
internal static class SecuritySettings
{
    private const string OAuthBearer = "OAUTHBEARER";

    /// <summary>The settings that the options stand for; none where the section is left out.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(KafkaSecurityOptions? options)
    {
        if (options is null || !IsUsed(options)) yield break;

        var sasl = options.Authentication != KafkaAuthentication.None;
        var tls = options.Tls ?? true;
        yield return new("security.protocol", (tls, sasl) switch { (true, true) => "sasl_ssl", (true, false) => "ssl", (false, true) => "sasl_plaintext", _ => "plaintext" });
        if (sasl) yield return new("sasl.mechanism", Mechanism(options.Authentication));
        if (UsesPassword(options.Authentication))
        {
            if (options.UserName is { } user) yield return new("sasl.username", user);
            if (options.Password is { } password) yield return new("sasl.password", password);
        }

        if (!tls) yield break;

        if (options.CaFile is { } ca) yield return new("ssl.ca.location", ca);
        if (options.CertificateFile is { } certificate) yield return new("ssl.certificate.location", certificate);
        if (options.KeyFile is { } key) yield return new("ssl.key.location", key);
        if (options.KeyPassword is { } keyPassword) yield return new("ssl.key.password", keyPassword);
        if (!options.VerifyHostName) yield return new("ssl.endpoint.identification.algorithm", "none");
    }

    public static bool IsSecurity(string name) =>
        name.StartsWith("security.", StringComparison.Ordinal) || name.StartsWith("sasl.", StringComparison.Ordinal) || name.StartsWith("ssl.", StringComparison.Ordinal)
        || name is "enable.ssl.certificate.verification" or "enable.sasl.oauthbearer.unsecure.jwt";

    /// <summary>Whether the section says anything.</summary>
    public static bool IsUsed(KafkaSecurityOptions options) =>
        options.Tls is not null || options.Authentication != KafkaAuthentication.None || HasTlsDetails(options) || options.UserName is not null || options.Password is not null;

    /// <summary>Whether anything is set that only an encrypted connection has.</summary>
    public static bool HasTlsDetails(KafkaSecurityOptions options) =>
        options.CaFile is not null || options.CertificateFile is not null || options.KeyFile is not null || options.KeyPassword is not null || !options.VerifyHostName;

    public static bool UsesPassword(KafkaAuthentication authentication) =>
        authentication is KafkaAuthentication.Plain or KafkaAuthentication.ScramSha256 or KafkaAuthentication.ScramSha512;

    /// <summary>Whether a client with these settings asks the application for tokens.</summary>
    public static bool AsksForTokens(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var isOAuth = false;
        foreach (var (name, value) in settings)
        {
            if (name is "sasl.mechanism" or "sasl.mechanisms") isOAuth = value == OAuthBearer;
            // The client gets its own then.
            if (name is "sasl.oauthbearer.method" && string.Equals(value, "oidc", StringComparison.OrdinalIgnoreCase)) return false;
            if (name is "enable.sasl.oauthbearer.unsecure.jwt" && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase)) return false;
        }

        return isOAuth;
    }

    private static string Mechanism(KafkaAuthentication authentication) => authentication switch
    {
        KafkaAuthentication.Plain => "PLAIN",
        KafkaAuthentication.ScramSha256 => "SCRAM-SHA-256",
        KafkaAuthentication.ScramSha512 => "SCRAM-SHA-512",
        _ => OAuthBearer,
    };
}

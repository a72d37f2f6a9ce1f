using Confluent.Kafka;

namespace EventDriven.Kafka.Security;

/// <summary>What to do about errors of the client that have to do with security.</summary>
internal static class SecurityRemedies
{
    /// <summary>The remedy; null for an error that is of another kind.</summary>
    /// <param name="code">The client's code.</param>
    /// <param name="reason">The client's words, which tell more than the code.</param>
    public static string? For(ErrorCode code, string reason) => code switch
    {
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.UnsupportedSaslMechanism => OfAuthentication(reason),
        ErrorCode.Local_Ssl => OfTls(reason),
        // A verdict of the broker on our certificate, or another protocol on its side, ends the connection like any other.
        ErrorCode.Local_Transport when Has(reason, "tls alert") || Has(reason, "PLAINTEXT broker") => OfTls(reason),
        ErrorCode.Local_Transport when Has(reason, "security.protocol") || (Has(reason, "Disconnected") && Has(reason, "APIVERSION_QUERY")) =>
            "The brokers close the connection at the first request, so they probably speak another protocol on this port: set Security:Tls and Security:Authentication as they have it.",
        _ => null,
    };

    /// <summary>The error and, where there is one, its remedy.</summary>
    public static string WithRemedy(ErrorCode code, string reason) => For(code, reason) is { } remedy ? $"{reason.TrimEnd('.')}. {remedy}" : reason;

    /// <summary>What a consumer must be allowed.</summary>
    public static string? ForConsumer(ErrorCode code, string group, string? topic) => code switch
    {
        ErrorCode.TopicAuthorizationFailed => topic is null
            ? "Give the principal of this client Read on the topics of the consumer: kafka-acls.sh --add --allow-principal User:NAME --operation Read --topic TOPIC."
            : $"Give the principal of this client Read on '{topic}': kafka-acls.sh --add --allow-principal User:NAME --operation Read --topic {topic}.",
        ErrorCode.GroupAuthorizationFailed =>
            $"Give the principal of this client Read on the group '{group}': kafka-acls.sh --add --allow-principal User:NAME --operation Read --group {group}.",
        _ => null,
    };

    private static string OfAuthentication(string reason) =>
        Has(reason, "Unsupported SASL mechanism") ? "Set Security:Authentication to a mechanism that the brokers offer on this port."
        : Has(reason, "token") || Has(reason, "OAUTHBEARER") ? "Let the token provider return a token that the brokers accept."
        : "Correct Security:UserName and Security:Password, and set Security:Authentication to the mechanism for which the brokers know this user.";

    private static string OfTls(string reason)
    {
        if (Has(reason, "PLAINTEXT broker")) return "The brokers do not speak TLS on this port: name one on which they do in BootstrapServers, or set Security:Tls to false.";

        // "alert" is the broker's verdict on us; the rest is ours on the broker.
        if (Has(reason, "alert"))
        {
            return "The brokers want a certificate of this client, or do not accept the one it has: set Security:CertificateFile and Security:KeyFile to one from an "
                + "authority that they trust, and renew it where it has expired.";
        }

        return Has(reason, "verif")
            ? "The broker's certificate has expired, is not from an authority that this client trusts, or is for another name: renew it on the broker, set Security:CaFile to "
                + "its authority's certificate, or use in BootstrapServers and advertised.listeners the names that it is for."
            : "Check that the brokers speak TLS on this port, and the certificates in Security.";
    }

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}

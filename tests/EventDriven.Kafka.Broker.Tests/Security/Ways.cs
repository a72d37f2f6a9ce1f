namespace EventDriven.Kafka.Broker.Tests.Security;

/// <summary>Configuration for the ways into the <see cref="SecuredBroker"/>.</summary>
internal static class Ways
{
    public static Dictionary<string, string?> Tls(SecuredBroker broker) => new() { ["Security:CaFile"] = broker.Known.Authority };

    public static Dictionary<string, string?> Mtls(SecuredBroker broker, string certificate) => new()
    {
        ["Security:CaFile"] = broker.Known.Authority,
        ["Security:CertificateFile"] = certificate,
        ["Security:KeyFile"] = certificate,
    };

    public static Dictionary<string, string?> Plain(SecuredBroker broker, string password = SecuredBroker.PlainPassword) => new()
    {
        ["Security:CaFile"] = broker.Known.Authority,
        ["Security:Authentication"] = "Plain",
        ["Security:UserName"] = "plain",
        ["Security:Password"] = password,
    };

    public static Dictionary<string, string?> Scram(SecuredBroker broker, string password = SecuredBroker.ScramPassword) => new()
    {
        ["Security:CaFile"] = broker.Known.Authority,
        ["Security:Authentication"] = "ScramSha256",
        ["Security:UserName"] = "scram",
        ["Security:Password"] = password,
    };

    public static Dictionary<string, string?> OAuth(SecuredBroker broker) => new()
    {
        ["Security:CaFile"] = broker.Known.Authority,
        ["Security:Authentication"] = "OAuthBearer",
        ["Security:TokenTimeout"] = "00:00:01",
    };

    public static Dictionary<string, string?> With(this Dictionary<string, string?> settings, string key, string? value) => new(settings) { [key] = value };
}

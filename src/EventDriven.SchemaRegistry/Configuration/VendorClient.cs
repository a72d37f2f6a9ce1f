using System.Globalization;
using Confluent.SchemaRegistry;

namespace EventDriven.SchemaRegistry;

/// <summary>The client vendor's client, set up by our options.</summary>
internal static class VendorClient
{
    public static ISchemaRegistryClient Create(SchemaRegistryOptions options)
    {
        var client = new CachedSchemaRegistryClient(Settings(options));
        ResponseLimit.TryApply(client, options.MaxResponseBytes);
        return client;
    }

    public static SchemaRegistryConfig Settings(SchemaRegistryOptions options)
    {
        var config = new SchemaRegistryConfig
        {
            Url = string.Join(',', options.Urls.Select(static url => url.Trim())),
            RequestTimeoutMs = (int)options.RequestTimeout.TotalMilliseconds,

            // Retries are ours, within one budget of time. The client counts the first request as one.
            MaxRetries = 1,
            MaxCachedSchemas = options.MaxCachedSchemas,
            EnableSslCertificateVerification = options.VerifyCertificate,
        };
        if (options.CaCertificate is { Length: > 0 } authorities) config.SslCaLocation = authorities;
        if (options.ClientCertificate is { Length: > 0 } certificate) config.SslKeystoreLocation = certificate;
        if (options.ClientCertificatePassword is { Length: > 0 } password) config.SslKeystorePassword = password;
        Authenticate(config, options);
        return config;
    }

    private static void Authenticate(SchemaRegistryConfig config, SchemaRegistryOptions options)
    {
        if (options.Username is { Length: > 0 } user)
        {
            config.BasicAuthCredentialsSource = AuthCredentialsSource.UserInfo;
            config.BasicAuthUserInfo = string.Create(CultureInfo.InvariantCulture, $"{user}:{options.Password}");
            return;
        }

        if (options.BearerToken is { Length: > 0 } token)
        {
            config.BearerAuthCredentialsSource = BearerAuthCredentialsSource.StaticToken;
            config.BearerAuthToken = token;
        }
        else if (options.OAuthTokenEndpoint is { Length: > 0 } endpoint)
        {
            config.BearerAuthCredentialsSource = BearerAuthCredentialsSource.OAuthBearer;
            config.BearerAuthTokenEndpointUrl = endpoint;
            config.BearerAuthClientId = options.OAuthClientId;
            config.BearerAuthClientSecret = options.OAuthClientSecret;
            config.BearerAuthScope = options.OAuthScope;
        }
        else
        {
            return;
        }

        // The client wants both, also of registries that do not know them.
        config.BearerAuthLogicalCluster = options.LogicalCluster ?? "";
        config.BearerAuthIdentityPoolId = options.IdentityPool ?? "";
    }
}

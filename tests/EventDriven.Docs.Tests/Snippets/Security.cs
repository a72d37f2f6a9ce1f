using EventDriven.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventDriven.Docs.Tests.Snippets;

internal static class Security
{
    public static void Register(HostApplicationBuilder builder)
    {
        builder.AddEventDriven("Kafka", cluster =>
        {
            cluster.Security.CaFile = "/etc/kafka/ca.pem";
            cluster.Security.CertificateFile = "/etc/kafka/inventory.pem";
            cluster.Security.KeyFile = "/etc/kafka/inventory.key";
        });

        builder.Services.AddSingleton<IOAuthBearerTokenProvider, Tokens>();
    }
}

internal interface IIdentityClient
{
    Task<(string Jwt, DateTimeOffset ExpiresAt)> GetTokenAsync(string scope, CancellationToken cancellationToken);
}

internal sealed class Tokens(IIdentityClient identity) : IOAuthBearerTokenProvider
{
    public async ValueTask<OAuthBearerToken> GetTokenAsync(string cluster, CancellationToken cancellationToken)
    {
        var (jwt, expiresAt) = await identity.GetTokenAsync(scope: "kafka", cancellationToken);
        return new OAuthBearerToken { Value = jwt, ExpiresAt = expiresAt };
    }
}

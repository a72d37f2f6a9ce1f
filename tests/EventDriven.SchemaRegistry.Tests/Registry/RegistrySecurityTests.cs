using System.Collections.Concurrent;
using EventDriven.SchemaRegistry.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>TLS both ways, and OAuth with a token endpoint that answers.</summary>
public sealed class RegistrySecurityTests
{
    private static readonly SchemaKey First = new(1);

    private readonly CancellationToken _patience = new CancellationTokenSource(TestRegistry.Patience).Token;

    [Fact]
    public async Task The_applications_own_certificate_is_shown_and_the_registrys_is_checked()
    {
        using var certificates = new TestCertificates();
        var shown = new ConcurrentQueue<string>();
        await using var registry = await TestEndpoint.StartAsync(
            async context =>
            {
                shown.Enqueue(context.Connection.ClientCertificate?.Subject ?? "nobody");
                await context.Response.WriteAsync("""{"schema":"\"string\""}""");
            },
            https =>
            {
                (https.ServerCertificate, https.ServerCertificateChain) = (certificates.Server, certificates.Chain);
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.AllowAnyClientCertificate();
            });

        Assert.Equal("\"string\"", (await Access(certificates.Authority, certificates.Client).GetAsync(First, _patience)).Text);
        Assert.Equal("\"string\"", (await Access(null, certificates.Client, verify: false).GetAsync(First, _patience)).Text);
        Assert.Equal(["CN=inventory", "CN=inventory"], shown);

        // Without the one, or with an authority that has not signed the registry's.
        Assert.Equal(RegistryFailure.Unavailable, (await FailAsync(Access(certificates.Authority, null))).Failure);
        Assert.Equal(RegistryFailure.Unavailable, (await FailAsync(Access(certificates.Stranger, certificates.Client))).Failure);
        Assert.Equal(RegistryFailure.Unavailable, (await FailAsync(Access(null, certificates.Client))).Failure);
        Assert.Equal(2, shown.Count);

        SchemaRegistryAccess Access(string? authority, string? client, bool verify = true) => TestRegistry.Access(registry.Url, options =>
        {
            (options.CaCertificate, options.ClientCertificate, options.VerifyCertificate) = (authority, client, verify);
            if (client is not null) options.ClientCertificatePassword = TestCertificates.Password;
            options.TimeBudget = TimeSpan.FromSeconds(2);
            options.RequestTimeout = TimeSpan.FromSeconds(2);
        });
    }

    [Fact]
    public async Task A_token_is_fetched_once_by_client_credentials_and_sent_with_each_request()
    {
        await using var registry = await EmbeddedSchemaRegistry.StartAsync();
        registry.Register("orders-value", "\"string\"");
        registry.Register("payments-value", "\"int\"");
        registry.Token = "the-token";
        var asked = new ConcurrentQueue<string>();
        await using var tokens = await TestEndpoint.StartAsync(async context =>
        {
            var form = await context.Request.ReadFormAsync();
            asked.Enqueue($"{context.Request.Method} {form["grant_type"]} {form["scope"]} {form["client_id"]} {form["client_secret"]}");
            context.Response.StatusCode = form["client_secret"] == "secret" ? 200 : 401;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(form["client_secret"] == "secret" ? """{"access_token":"the-token","token_type":"Bearer","expires_in":3600}""" : """{"error":"invalid_client"}""");
        });
        var access = Access("secret");

        Assert.Equal("\"string\"", (await access.GetAsync(First, _patience)).Text);
        Assert.Equal("\"int\"", (await access.GetAsync(new SchemaKey(2), _patience)).Text);
        Assert.Equal(["POST client_credentials registry.read inventory secret"], asked);

        var refused = await FailAsync(Access("wrong"));
        Assert.True(refused.IsOutage);
        Assert.DoesNotContain("wrong", refused.Message, StringComparison.Ordinal);

        SchemaRegistryAccess Access(string secret) => TestRegistry.Access(registry.Url, options =>
        {
            (options.OAuthTokenEndpoint, options.OAuthClientId, options.OAuthClientSecret, options.OAuthScope) = ($"{tokens.Url}/token", "inventory", secret, "registry.read");
            options.TimeBudget = TimeSpan.FromSeconds(2);
            options.RequestTimeout = TimeSpan.FromSeconds(2);
        });
    }

    private async Task<RegistryRequestException> FailAsync(SchemaRegistryAccess access) => await Assert.ThrowsAsync<RegistryRequestException>(async () => await access.GetAsync(First, _patience));
}

using Confluent.SchemaRegistry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace EventDriven.SchemaRegistry.Tests;

public class RegistryRegistrationTests
{
    [Fact]
    public void Every_option_is_bound_and_configuration_replaces_what_code_sets()
    {
        var values = new Dictionary<string, string?>
        {
            ["Urls:0"] = "https://a:8081", ["Urls:1"] = "https://b:8081", ["Context"] = "eu", ["Username"] = "u", ["Password"] = "p", ["BearerToken"] = "t",
            ["OAuthTokenEndpoint"] = "https://idp/token", ["OAuthClientId"] = "id", ["OAuthClientSecret"] = "secret", ["OAuthScope"] = "scope", ["LogicalCluster"] = "lsrc", ["IdentityPool"] = "pool",
            ["CaCertificate"] = "ca.pem", ["ClientCertificate"] = "me.p12", ["ClientCertificatePassword"] = "x", ["VerifyCertificate"] = "false", ["RequestTimeout"] = "00:00:01",
            ["TimeBudget"] = "00:00:02", ["MaxCachedSchemas"] = "7", ["LatestTtl"] = "00:00:03", ["UnknownTtl"] = "00:00:04", ["MaxResponseBytes"] = "2048", ["AutoRegister"] = "true",
            ["NormalizeSchemas"] = "true", ["UseLatestVersion"] = "true", ["LatestCompatibilityStrict"] = "false", ["SubjectNaming"] = "TopicRecord", ["SchemaIdLocation"] = "Header",
        };
        var bound = new SchemaRegistryOptions { Urls = ["https://code:1"], MaxCachedSchemas = 1 };
        new RegistryOptionsBinder([new RegistryRegistration("SchemaRegistry", Section(values))]).PostConfigure("SchemaRegistry", bound);

        var defaults = new SchemaRegistryOptions();
        foreach (var property in typeof(SchemaRegistryOptions).GetProperties())
        {
            Assert.True(values.Keys.Any(key => key.Split(':')[0] == property.Name), $"{property.Name} is not tested.");
            Assert.NotEqual(property.GetValue(defaults), property.GetValue(bound));
        }

        Assert.Equal(["https://a:8081", "https://b:8081"], bound.Urls);
        Assert.Equal(7, bound.MaxCachedSchemas);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once_when_the_host_starts()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["SchemaRegistry:Urls:0"] = "registry:8081",
            ["SchemaRegistry:Urlz"] = "x",
            ["SchemaRegistry:TimeBudget"] = "soon",
            ["SchemaRegistry:Username"] = "u",
            ["SchemaRegistry:BearerToken"] = "t",
            ["SchemaRegistry:OAuthScope"] = "s",
            ["SchemaRegistry:CaCertificate"] = "/no/such/file.pem",
            ["SchemaRegistry:MaxCachedSchemas"] = "0",
            ["SchemaRegistry:UnknownTtl"] = "-00:00:01",
            ["SchemaRegistry:Context"] = ":.eu:",
        });
        builder.AddSchemaRegistry();
        using var host = builder.Build();

        var error = Assert.Throws<OptionsValidationException>(host.Start);

        Assert.Collection(
            error.Failures,
            failure => Assert.StartsWith("schema registry 'SchemaRegistry', TimeBudget: the value 'soon' of SchemaRegistry:TimeBudget can't be read.", failure, StringComparison.Ordinal),
            failure => Assert.StartsWith("schema registry 'SchemaRegistry', SchemaRegistry:Urlz: there is no option of this name. Correct it to one of AutoRegister, ", failure, StringComparison.Ordinal),
            failure => Assert.StartsWith("schema registry 'SchemaRegistry', Urls: 'registry:8081' is no address of a registry.", failure, StringComparison.Ordinal),
            failure => Assert.Contains("more than one way to authenticate", failure, StringComparison.Ordinal),
            failure => Assert.Contains("Username, Password: one is set without the other.", failure, StringComparison.Ordinal),
            failure => Assert.Contains("OAuthTokenEndpoint: is not set, but other settings of OAuth are.", failure, StringComparison.Ordinal),
            failure => Assert.Contains("Context: ':.eu:' is no name of a context.", failure, StringComparison.Ordinal),
            failure => Assert.Contains("CaCertificate: there is no file '/no/such/file.pem'.", failure, StringComparison.Ordinal),
            failure => Assert.Contains("MaxCachedSchemas: is 0. Set it from 3 to 1000000.", failure, StringComparison.Ordinal),
            failure => Assert.Contains("UnknownTtl: is -00:00:01.", failure, StringComparison.Ordinal));
    }

    [Fact]
    public void Several_registries_are_told_apart_by_name_and_each_client_can_be_replaced()
    {
        var services = new ServiceCollection();
        services.AddSchemaRegistry("SchemaRegistry", static options => options.Urls = ["http://a"]);
        services.AddSchemaRegistry("Audit", static options => options.Urls = ["http://b"]);
        var own = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = "http://c" });
        services.AddKeyedSingleton<ISchemaRegistryClient>("Audit", own);
        using var provider = services.BuildServiceProvider();

        var directory = provider.GetRequiredService<RegistryDirectory>();
        Assert.Equal("SchemaRegistry", directory.Get(null).Name);
        Assert.Equal("Audit", directory.Get("Audit").Name);
        Assert.StartsWith("No schema registry is named 'audit'. Registered are 'SchemaRegistry', 'Audit'. Set Registry to one of them", Assert.Throws<NotSupportedException>(() => directory.Get("audit")).Message, StringComparison.Ordinal);
        Assert.Same(own, provider.GetRequiredKeyedService<ISchemaRegistryClient>("Audit"));
        Assert.Same(provider.GetRequiredKeyedService<ISchemaRegistryClient>("SchemaRegistry"), provider.GetRequiredService<ISchemaRegistryClient>());
    }

    [Fact]
    public void Addresses_are_needed_where_no_client_of_ones_own_knows_them()
    {
        using var own = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = "http://c" });
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddKeyedSingleton<ISchemaRegistryClient>("Before", own);
        foreach (var name in (string[])["SchemaRegistry", "Before", "Behind"]) builder.Services.AddSchemaRegistry(name, static _ => { });
        builder.Services.AddKeyedSingleton<ISchemaRegistryClient>("Behind", (_, _) => own);
        using var host = builder.Build();

        var error = Assert.Throws<OptionsValidationException>(host.Start);

        Assert.StartsWith("schema registry 'SchemaRegistry', Urls: there is none.", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_way_to_authenticate_becomes_the_clients_own_settings()
    {
        string[] Settings(SchemaRegistryOptions options) => [.. VendorClient.Settings(options).Where(static pair => pair.Key.Contains("auth", StringComparison.Ordinal)).Select(static pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal)];

        Assert.Equal(
            ["schema.registry.basic.auth.credentials.source=USER_INFO", "schema.registry.basic.auth.user.info=u:p"],
            Settings(new SchemaRegistryOptions { Urls = ["http://a"], Username = "u", Password = "p" }));
        Assert.Equal(
            [
                "schema.registry.bearer.auth.client.id=id", "schema.registry.bearer.auth.client.secret=secret", "schema.registry.bearer.auth.credentials.source=OAUTHBEARER",
                "schema.registry.bearer.auth.identity.pool.id=pool", "schema.registry.bearer.auth.logical.cluster=lsrc", "schema.registry.bearer.auth.scope=scope",
                "schema.registry.bearer.auth.token.endpoint.url=https://idp/token",
            ],
            Settings(new SchemaRegistryOptions
            {
                Urls = ["http://a"], OAuthTokenEndpoint = "https://idp/token", OAuthClientId = "id", OAuthClientSecret = "secret", OAuthScope = "scope", LogicalCluster = "lsrc", IdentityPool = "pool",
            }));
        Assert.Equal(
            [
                "schema.registry.bearer.auth.credentials.source=STATIC_TOKEN", "schema.registry.bearer.auth.identity.pool.id=", "schema.registry.bearer.auth.logical.cluster=",
                "schema.registry.bearer.auth.token=t",
            ],
            Settings(new SchemaRegistryOptions { Urls = ["http://a"], BearerToken = "t" }));
    }

    private static IConfigurationSection Section(Dictionary<string, string?> values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(static pair => KeyValuePair.Create($"SchemaRegistry:{pair.Key}", pair.Value))).Build().GetSection("SchemaRegistry");
}

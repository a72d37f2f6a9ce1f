using EventDriven.Kafka.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.Kafka.Tests.Security;

/// <summary>What a user reads when the section Security is wrong. No message has a password.</summary>
public class SecurityConfigurationTests
{
    private const string Secret = "5ecret-Tq8";

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once_with_the_property_and_the_remedy()
    {
        await using var test = Kafka($$"""
            "Tls": false, "CaFile": "/nowhere/ca.pem", "KeyPassword": "{{Secret}}", "Authentication": "Plain", "UserNam": "orders", "Password": "{{Secret}}",
            "TokenTimeout": "soon", "VerifyHostName": { "no": true }
            """);

        var errors = await test.Consumer().ErrorsAtStartAsync();

        Assert.Equal(
            [
                "cluster 'Kafka', Kafka:Security:UserNam: there is no option of this name. Did you mean 'UserName'? Correct it, or remove it.",
                "cluster 'Kafka', Kafka:Security:VerifyHostName: is a section where one value is wanted. Correct it, or remove it.",
                "cluster 'Kafka', Security:TokenTimeout: the value 'soon' of Kafka:Security:TokenTimeout can't be read. String 'soon' was not recognized as a valid TimeSpan.",
                "cluster 'Kafka', Security:UserName: is empty, and Plain needs one. Set it.",
                "cluster 'Kafka', Security:Tls: is false, but certificates, a key or VerifyHostName are set, which only an encrypted connection has. Set it to true, or remove them.",
                "cluster 'Kafka', Security:KeyPassword: is set, but there is no KeyFile. Set KeyFile, or remove it.",
                "cluster 'Kafka', Security:CaFile: the file '/nowhere/ca.pem' does not exist. Put it there, or correct the path.",
            ],
            errors);
        AssertNoSecret(test, errors);
    }

    [Theory]
    [InlineData("""  "Authentication": "ScramSha512", "UserName": "orders" """, "Security:Password: is empty, and ScramSha512 needs one. Set it from where secrets are kept: an environment variable, a vault, user secrets.")]
    [InlineData("""  "Password": "5ecret-Tq8" """, "Security:Password: is set, but Authentication is None, which has no use for it. Set Authentication to Plain, ScramSha256 or ScramSha512, or remove it.")]
    [InlineData("""  "UserName": "orders" """, "Security:UserName: is set, but Authentication is None, which has no use for it. Set Authentication to Plain, ScramSha256 or ScramSha512, or remove it.")]
    [InlineData("""  "CertificateFile": "/dev/null" """, "Security:KeyFile: is missing: a certificate is of no use without its private key. Set it; it may be the same file as CertificateFile.")]
    [InlineData("""  "KeyFile": "/dev/null" """, "Security:CertificateFile: is missing: a private key is of no use without its certificate. Set it; it may be the same file as KeyFile.")]
    [InlineData("""  "TokenTimeout": "01:00:00" """, "Security:TokenTimeout: is 01:00:00. Set it from 00:00:00.1000000 to 00:05:00.")]
    [InlineData("""  "Authentication": "OAuthBearer" """, "Security:Authentication: is OAuthBearer, and nothing provides tokens. Register a provider: services.AddSingleton<IOAuthBearerTokenProvider, …>().")]
    public async Task One_thing_that_is_wrong(string security, string problem)
    {
        await using var test = Kafka(security);

        var errors = await test.Consumer().ErrorsAtStartAsync();

        Assert.Contains($"cluster 'Kafka', {problem}", errors);
        AssertNoSecret(test, errors);
    }

    [Fact]
    public async Task What_the_section_sets_must_not_be_set_as_a_setting_of_the_client_too()
    {
        await using var test = new TestHost($$"""
            {
              "Kafka": {
                "BootstrapServers": "broker:9092",
                "Security": { "Authentication": "Plain", "UserName": "orders", "Password": "{{Secret}}" },
                "Client": { "security.protocol": "plaintext", "sasl.mechanisms": "PLAIN", "sasl.password": "{{Secret}}" }
              }
            }
            """);

        var errors = await test.Consumer().ErrorsAtStartAsync();

        Assert.Equal(
            [
                "cluster 'Kafka', Client:security.protocol: the section Security sets it too. Remove one of the two.",
                "cluster 'Kafka', Client:sasl.mechanisms: the section Security sets it too. Remove one of the two.",
                "cluster 'Kafka', Client:sasl.password: the section Security sets it too. Remove one of the two.",
            ],
            errors);
        AssertNoSecret(test, errors);
    }

    [Fact]
    public async Task An_absent_file_is_told_for_the_cluster_alone_however_many_clients_use_it_and_flat_settings_name_it_too()
    {
        await using var test = new TestHost("""
            {
              "Kafka": {
                "BootstrapServers": "broker:9092",
                "Client": { "security.protocol": "ssl", "ssl.ca.location": "/nowhere/ca.pem" },
                "Consumers": { "billing": { "Client": { "ssl.keystore.location": "/nowhere/billing.p12" } } }
              }
            }
            """);

        Assert.Equal(
            [
                "cluster 'Kafka', Client:ssl.ca.location: the file '/nowhere/ca.pem' does not exist. Put it there, or correct the path.",
                "consumer 'billing', Client:ssl.keystore.location: the file '/nowhere/billing.p12' does not exist. Put it there, or correct the path.",
            ],
            await test.Consumer().Consumer("returns", "billing").ErrorsAtStartAsync());
    }

    [Fact]
    public async Task A_file_that_is_no_certificate_is_told_by_the_client_and_without_a_secret()
    {
        var file = Path.GetTempFileName();
        try
        {
            await using var test = Kafka($$""" "CertificateFile": "{{file}}", "KeyFile": "{{file}}", "KeyPassword": "{{Secret}}" """);

            var errors = await test.Consumer().ErrorsAtStartAsync();

            Assert.StartsWith("cluster 'Kafka', Client", Assert.Single(errors), StringComparison.Ordinal);
            Assert.Contains("ssl.certificate.location", errors[0], StringComparison.Ordinal);
            AssertNoSecret(test, errors);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_provider_that_can_not_be_made_is_told_at_start()
    {
        await using var test = Kafka(""" "Authentication": "OAuthBearer" """);
        test.Services.AddSingleton<IOAuthBearerTokenProvider>(static _ => throw new InvalidOperationException("No identity."));

        Assert.Contains(
            "cluster 'Kafka', Security:Authentication: is OAuthBearer, and the IOAuthBearerTokenProvider can't be made: No identity. Register it as a singleton, with what it needs.",
            await test.Consumer().ErrorsAtStartAsync());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData(""" "Tls": true """, "security.protocol=ssl")]
    [InlineData(""" "Tls": false """, "security.protocol=plaintext")]
    [InlineData(""" "VerifyHostName": false """, "security.protocol=ssl ssl.endpoint.identification.algorithm=none")]
    [InlineData(""" "Authentication": "Plain", "UserName": "u", "Password": "p" """, "security.protocol=sasl_ssl sasl.mechanism=PLAIN sasl.username=u sasl.password=p")]
    [InlineData(""" "Tls": false, "Authentication": "ScramSha256", "UserName": "u", "Password": "p" """, "security.protocol=sasl_plaintext sasl.mechanism=SCRAM-SHA-256 sasl.username=u sasl.password=p")]
    public async Task Consumers_get_the_settings_of_the_client_that_the_section_stands_for(string security, string settings)
    {
        await using var test = Kafka(security);
        await test.Consumer().StartAsync();

        var client = test.Runners["inventory"].Settings.CreateClientConfig().Where(static setting => setting.Key.StartsWith('s'));

        Assert.Equal(settings.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), client.Select(static setting => $"{setting.Key}={setting.Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Options_settings_and_tokens_do_not_show_secrets_as_text()
    {
        await using var test = Kafka($$""" "Authentication": "Plain", "UserName": "orders", "Password": "{{Secret}}" """);
        await test.Consumer().StartAsync();
        var settings = test.Runners["inventory"].Settings;
        var token = new OAuthBearerToken { Value = Secret, ExpiresAt = DateTimeOffset.MaxValue };

        object[] shown = [settings, settings.Options, settings.CreateClientConfig(), new KafkaSecurityOptions { Password = Secret }, new KafkaClusterOptions { Security = { Password = Secret } }, token];

        Assert.All(shown, one => Assert.DoesNotContain(Secret, one.ToString(), StringComparison.Ordinal));
        AssertNoSecret(test, []);
    }

    private static TestHost Kafka(string security) => new($$"""{ "Kafka": { "BootstrapServers": "broker:9092", "Security": { {{security}} } } }""");

    private static void AssertNoSecret(TestHost test, IReadOnlyList<string> errors)
    {
        Assert.All(errors, error => Assert.DoesNotContain(Secret, error, StringComparison.Ordinal));
        Assert.All(test.Logs.Lines, line => Assert.DoesNotContain(Secret, line.Text, StringComparison.Ordinal));
    }
}

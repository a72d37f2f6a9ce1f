using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests.Security;

/// <summary>
/// One broker with access control lists and a listener for each way in. Users: <c>plain</c> and <c>scram</c>, whose passwords are secrets that no log may have;
/// certificates for <c>mtls</c>; tokens for <c>oauth</c>. Nobody may do anything until a test allows it.
/// </summary>
public sealed class SecuredBroker : IAsyncLifetime
{
    /// <summary>The tests that share one.</summary>
    public const string Collection = "a secured broker";

    public const string PlainPassword = "plain-5ecret-Tq8";
    public const string ScramPassword = "scram-5ecret-Zx4";
    public const string KeyPassword = "key-5ecret-Pm1";

    private KafkaCluster? _cluster;
    private TestCertificates? _known;
    private TestCertificates? _unknown;
    private IAdminClient? _admin;
    private string? _folder;

    public KafkaCluster Cluster => _cluster!;

    internal TestCertificates Known => _known!;

    /// <summary>An authority that the broker has never heard of.</summary>
    internal TestCertificates Unknown => _unknown!;

    private IAdminClient Admin => _admin!;

    public async ValueTask InitializeAsync()
    {
        if (!KafkaDistribution.IsPresent)
        {
            return;
        }

        _folder = Directory.CreateTempSubdirectory("kafka-certificates-").FullName;
        _known = new TestCertificates(_folder, "known-authority");
        _unknown = new TestCertificates(_folder, "unknown-authority");
        _cluster = await KafkaCluster.StartAsync(properties: Properties(), listeners:
        [
            new KafkaListener("TLS", "SSL"), new KafkaListener("MTLS", "SSL"), new KafkaListener("EXPIRED", "SSL"), new KafkaListener("SASL", "SASL_SSL"),
        ]);
        _admin = _cluster.CreateAdminClient();
        await _admin.AlterUserScramCredentialsAsync(
        [
            new UserScramCredentialUpsertion
            {
                User = "scram",
                ScramCredentialInfo = new ScramCredentialInfo { Mechanism = ScramMechanism.ScramSha256, Iterations = 4096 },
                Password = System.Text.Encoding.UTF8.GetBytes(ScramPassword),
            },
        ]);
    }

    /// <summary>A topic on which the users of these tests may do no more than is given.</summary>
    public async Task<string> NewTopicAsync(params AclOperation[] allowed)
    {
        string topic = $"topic-{Guid.NewGuid():N}";
        await Cluster.CreateTopicAsync(topic, partitions: 1);
        foreach (var operation in allowed)
        {
            await AllowAsync(ResourceType.Topic, topic, operation);
        }

        return topic;
    }

    /// <summary>Allows an operation to the users of these tests, and returns when the broker has it.</summary>
    public async Task AllowAsync(ResourceType type, string name, AclOperation operation)
    {
        await Admin.CreateAclsAsync([.. s_principals.Select(principal => Binding(type, name, operation, principal))]);
        await SettledAsync(type, name, operation, isThere: true);
    }

    /// <summary>Takes it away again.</summary>
    public async Task ForbidAsync(ResourceType type, string name, AclOperation operation)
    {
        await Admin.DeleteAclsAsync([Binding(type, name, operation, null).ToFilter()]);
        await SettledAsync(type, name, operation, isThere: false);
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        _known?.Dispose();
        _unknown?.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static readonly string[] s_principals = ["User:plain", "User:scram", "User:oauth", "User:CN=mtls"];

    private static AclBinding Binding(ResourceType type, string name, AclOperation operation, string? principal) => new()
    {
        Pattern = new ResourcePattern { Type = type, Name = name, ResourcePatternType = ResourcePatternType.Literal },
        Entry = new AccessControlEntry { Principal = principal!, Host = "*", Operation = operation, PermissionType = AclPermissionType.Allow },
    };

    private async Task SettledAsync(ResourceType type, string name, AclOperation operation, bool isThere)
    {
        var filter = Binding(type, name, operation, null).ToFilter();
        filter.EntryFilter.Host = null;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((await Admin.DescribeAclsAsync(filter)).AclBindings.Count > 0 != isThere)
        {
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private Dictionary<string, string> Properties()
    {
        string broker = Known.Issue("broker");
        const string Sasl = "listener.name.sasl";
        return new()
        {
            ["authorizer.class.name"] = "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            // Who comes in plaintext: the broker itself and the administration of these tests.
            ["super.users"] = "User:ANONYMOUS",
            ["ssl.keystore.type"] = "PEM",
            ["ssl.keystore.location"] = broker,
            ["ssl.truststore.type"] = "PEM",
            ["ssl.truststore.location"] = Known.Authority,
            ["listener.name.mtls.ssl.client.auth"] = "required",
            ["listener.name.expired.ssl.keystore.location"] = Known.Issue("broker", expired: true),
            [$"{Sasl}.sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-256,OAUTHBEARER",
            [$"{Sasl}.plain.sasl.jaas.config"] = $"org.apache.kafka.common.security.plain.PlainLoginModule required user_plain=\"{PlainPassword}\";",
            [$"{Sasl}.scram-sha-256.sasl.jaas.config"] = "org.apache.kafka.common.security.scram.ScramLoginModule required;",
            // The unsecured tokens of Kafka's own development mode.
            [$"{Sasl}.oauthbearer.sasl.jaas.config"] =
                "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"broker\";",
        };
    }
}

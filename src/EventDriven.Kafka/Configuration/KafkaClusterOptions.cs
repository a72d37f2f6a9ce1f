namespace EventDriven.Kafka;

/// <summary>The options of one Kafka cluster: the configuration section that <c>AddEventDriven</c> names.</summary>
public sealed class KafkaClusterOptions
{
    /// <summary>Brokers to start from, as <c>host:port</c>, separated by commas. There is no default value.</summary>
    public string BootstrapServers { get; set; } = "";

    /// <summary>The name by which brokers log this client. The default value is null: the application's name.</summary>
    public string? ClientId { get; set; }

    /// <summary>What to do when the first contact fails. The default value is <see cref="UnreachableAction.Wait"/>.</summary>
    public UnreachableAction WhenUnreachable { get; set; } = UnreachableAction.Wait;

    /// <summary>TLS, certificates, user and password, tokens. Empty by default: plaintext.</summary>
    public KafkaSecurityOptions Security { get; set; } = new();

    /// <summary>Settings of the Kafka client by their own names, such as <c>socket.keepalive.enable</c>, for every producer and consumer of this cluster. Empty by default.</summary>
    public IDictionary<string, string> Client { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Changes the settings of each client of this cluster after everything else, code included; null for nothing. For the Testing package.</summary>
    internal Action<IDictionary<string, string>>? OverrideClient { get; set; }
}

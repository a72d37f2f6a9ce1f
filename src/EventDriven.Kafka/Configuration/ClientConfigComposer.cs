using System.Globalization;
using Confluent.Kafka;
using EventDriven.Kafka.Security;

namespace EventDriven.Kafka.Configuration;

/// <summary>
/// Composes the settings of Kafka clients: the library's defaults, over them those of the cluster, of the consumer or producer, and of
/// <c>ConfigureClient</c>. Refuses what the library must own.
/// </summary>
/// <param name="applicationName">The <c>client.id</c> where the cluster has none.</param>
internal sealed class ClientConfigComposer(string applicationName)
{
    private const string FromCode = "ConfigureClient";

    /// <summary>Checks the settings that a cluster gives to all its clients.</summary>
    public static void CheckCluster(string subject, KafkaClusterOptions cluster, ICollection<ConfigurationError> errors)
    {
        foreach (var (name, value) in cluster.Client)
        {
            var reason = OwnedClientSettings.ReasonForConsumer(name) ?? OwnedClientSettings.ReasonForProducer(name, value) ?? Unknown(name);
            if (reason is not null) errors.Add(new ConfigurationError(subject, $"Client:{name}", reason));
        }

        // Where the section has errors of its own, the client would only tell what follows from them.
        var isWrong = errors.Any(error => error.Subject == subject && error.Property.StartsWith(nameof(cluster.Security), StringComparison.Ordinal));
        Probe(subject, isWrong ? cluster.Client : SecuritySettings.Of(cluster.Security).Concat(cluster.Client), static _ => false, errors);
    }

    /// <summary>The settings of a consumer's client, without what the engine sets itself.</summary>
    public ConsumerConfig CreateConsumerConfig(
        string subject, KafkaClusterOptions cluster, EventConsumerOptions consumer, Action<ConsumerConfig>? configure, ICollection<ConfigurationError> errors)
    {
        var settings = Start(cluster);
        // The client's default of 1,000 ms caps a fast consumer at a third of what it can do.
        settings["fetch.queue.backoff.ms"] = "5";
        var protocol = consumer.GroupProtocol;
        Overlay(settings, cluster.Client, (name, _) =>
            ClientSettingNames.IsProducerOnly(name) || OwnedClientSettings.ReasonForConsumer(name) is not null || GroupProtocolSettings.ReasonAgainst(name, protocol) is not null);
        Apply(subject, settings, consumer.Client, (name, _) => RefusedForConsumer(name, protocol), errors);
        var config = new ConsumerConfig(settings);
        ApplyCode(subject, settings, () => configure?.Invoke(config), (name, _) => RefusedForConsumer(name, protocol), errors);
        cluster.OverrideClient?.Invoke(settings);
        // The limits of one protocol are not those of the other.
        Probe(subject, protocol == ConsumerGroupProtocol.Consumer ? settings.Append(new("group.protocol", "consumer")) : settings, IsOfCluster(cluster), errors);
        return config;
    }

    /// <summary>The settings of a producer's client: all but the delivery reports, which the producer chooses.</summary>
    public ProducerConfig CreateProducerConfig(
        string subject, KafkaClusterOptions cluster, EventProducerOptions producer, Action<ProducerConfig>? configure, ICollection<ConfigurationError> errors)
    {
        var settings = Start(cluster);
        settings["enable.idempotence"] = "true";
        settings["acks"] = "all";
        // Where the Java clients put a key.
        settings["partitioner"] = "murmur2_random";
        settings["message.timeout.ms"] = Math.Ceiling(producer.DeliveryTimeout.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        settings["linger.ms"] = producer.Linger.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture);
        Overlay(settings, cluster.Client, static (name, value) => ClientSettingNames.IsConsumerOnly(name) || OwnedClientSettings.ReasonForProducer(name, value) is not null);
        Apply(subject, settings, producer.Client, RefusedForProducer, errors);
        var config = new ProducerConfig(settings);
        ApplyCode(subject, settings, () => configure?.Invoke(config), RefusedForProducer, errors);
        cluster.OverrideClient?.Invoke(settings);
        KeepOrderWithoutIdempotence(settings);
        Probe(subject, settings, IsOfCluster(cluster), errors);
        return config;
    }

    /// <summary>The settings of a client that only asks about the cluster. Errors in them are told for the cluster.</summary>
    public AdminClientConfig CreateAdminConfig(KafkaClusterOptions cluster)
    {
        var settings = Start(cluster);
        // Why a broker closed a connection is why there is no contact.
        settings["log.connection.close"] = "true";
        Overlay(settings, cluster.Client, static (name, _) =>
            ClientSettingNames.IsConsumerOnly(name) || ClientSettingNames.IsProducerOnly(name) || OwnedClientSettings.ReasonForConsumer(name) is not null);
        cluster.OverrideClient?.Invoke(settings);
        return new AdminClientConfig(settings);
    }

    private Dictionary<string, string> Start(KafkaClusterOptions cluster) => new(SecuritySettings.Of(cluster.Security), StringComparer.Ordinal)
    {
        ["bootstrap.servers"] = cluster.BootstrapServers,
        ["client.id"] = cluster.ClientId ?? applicationName,
        // Brokers close idle connections; that is no news.
        ["log.connection.close"] = "false",
    };

    /// <summary>Whether a setting is as the cluster gives it to all its clients, and concerns security: told for the cluster, once.</summary>
    private static Func<KeyValuePair<string, string>, bool> IsOfCluster(KafkaClusterOptions cluster)
    {
        var ofCluster = SecuritySettings.Of(cluster.Security).Concat(cluster.Client).Where(static setting => SecuritySettings.IsSecurity(setting.Key)).ToHashSet();
        return ofCluster.Contains;
    }

    private static void Overlay(Dictionary<string, string> settings, IDictionary<string, string> over, Func<string, string, bool> leaveOut)
    {
        foreach (var (name, value) in over)
        {
            if (!leaveOut(name, value)) settings[name] = value;
        }
    }

    private static void Apply(
        string subject, Dictionary<string, string> settings, IDictionary<string, string> over, Func<string, string?, string?> refuse, ICollection<ConfigurationError> errors)
    {
        foreach (var (name, value) in over)
        {
            if (refuse(name, value) is { } reason)
            {
                errors.Add(new ConfigurationError(subject, $"Client:{name}", reason));
            }
            else
            {
                settings[name] = value;
            }
        }
    }

    /// <summary>Runs the user's code on the settings; what it must not have changed is put back and reported.</summary>
    private static void ApplyCode(
        string subject, Dictionary<string, string> settings, Action configure, Func<string, string?, string?> refuse, ICollection<ConfigurationError> errors)
    {
        var before = new Dictionary<string, string>(settings, StringComparer.Ordinal);
        try
        {
            configure();
        }
#pragma warning disable CA1031 // Whatever the user's code throws is told with the other errors.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            errors.Add(new ConfigurationError(subject, FromCode, $"threw {thrown.GetType().Name}: {thrown.Message}"));
        }

        foreach (var name in before.Keys.Union(settings.Keys).ToArray())
        {
            var old = before.GetValueOrDefault(name);
            var now = settings.GetValueOrDefault(name);
            if (old == now || refuse(name, now) is not { } reason) continue;

            errors.Add(new ConfigurationError(subject, $"{FromCode}, {name}", reason));
            if (old is null)
            {
                settings.Remove(name);
            }
            else
            {
                settings[name] = old;
            }
        }
    }

    /// <summary>Without idempotence a retried batch may overtake another, unless only one is on its way.</summary>
    private static void KeepOrderWithoutIdempotence(Dictionary<string, string> settings)
    {
        if (!string.Equals(settings.GetValueOrDefault("enable.idempotence"), "false", StringComparison.OrdinalIgnoreCase)) return;
        if (settings.ContainsKey("max.in.flight") || settings.ContainsKey("max.in.flight.requests.per.connection")) return;
        settings["max.in.flight"] = "1";
    }

    private static string? RefusedForConsumer(string name, ConsumerGroupProtocol protocol) =>
        OwnedClientSettings.ReasonForConsumer(name)
        ?? (GroupProtocolSettings.ReasonAgainst(name, protocol) is { } foreign ? $"{foreign} Remove it, or choose the other GroupProtocol." : null)
        ?? (ClientSettingNames.IsProducerOnly(name) ? "it is a setting of producers, which a consumer ignores. Remove it." : Unknown(name));

    private static string? RefusedForProducer(string name, string? value) =>
        OwnedClientSettings.ReasonForProducer(name, value)
        ?? (ClientSettingNames.IsConsumerOnly(name) ? "it is a setting of consumers, which a producer ignores. Remove it." : Unknown(name));

    private static string? Unknown(string name) =>
        ClientSettingNames.IsKnown(name) ? null : $"the Kafka client has no such setting.{NearestName.Hint(name, ClientSettingNames.All)}";

    private static void Probe(
        string subject, IEnumerable<KeyValuePair<string, string>> settings, Func<KeyValuePair<string, string>, bool> leaveOut, ICollection<ConfigurationError> errors)
    {
        // Unknown names and the values of our own options are told by their own rules.
        var known = settings.Where(setting => ClientSettingNames.IsKnown(setting.Key) && setting.Key is not ("message.timeout.ms" or "linger.ms") && !leaveOut(setting));
        foreach (var (name, problem) in ClientSettingsProbe.Check(SecurityRules.WithoutAbsentFiles(subject, known, errors)))
        {
            // What the cluster gives to all its clients is told once, for the cluster.
            if (errors.All(error => error.Problem != problem)) errors.Add(new ConfigurationError(subject, name is null ? "Client" : $"Client:{name}", problem));
        }
    }
}

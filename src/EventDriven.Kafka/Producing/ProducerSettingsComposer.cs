using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Producing;

/// <summary>Makes the settings that each producer runs on, once, and finds what is wrong with them. Thread-safe.</summary>
internal sealed class ProducerSettingsComposer(
    ClusterDirectory clusters, ClusterOptionsFactory clusterOptions, ProducerOptionsFactory producerOptions, ClientConfigComposer clients)
{
    private readonly Dictionary<ProducerBlueprint, (ProducerSettings? Settings, List<ConfigurationError> Errors)> _composed = [];
    private readonly Lock _gate = new();

    /// <summary>The settings of a producer; null if they have errors that leave nothing to run on.</summary>
    public ProducerSettings? Compose(ProducerBlueprint producer, ICollection<ConfigurationError> errors)
    {
        lock (_gate)
        {
            if (!_composed.TryGetValue(producer, out var composed))
            {
                // Once, because ConfigureClient is the application's code: what was checked is what runs.
                var found = new List<ConfigurationError>();
                composed = (ComposeOnce(producer, found), found);
                _composed.Add(producer, composed);
            }

            foreach (var error in composed.Errors) errors.Add(error);
            return composed.Settings;
        }
    }

    private ProducerSettings? ComposeOnce(ProducerBlueprint producer, List<ConfigurationError> errors)
    {
        var registration = producer.Registration;
        var options = producerOptions.Create(registration.Name, errors);
        OptionsRules.Check(registration.Subject, options, errors);
        options.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
        if (TopicName.Problem(options.Topic) is { } problem) errors.Add(new ConfigurationError(registration.Subject, nameof(options.Topic), problem));
        if (options.Source is { } source && (source.Length == 0 || !Uri.IsWellFormedUriString(source, UriKind.RelativeOrAbsolute)))
        {
            errors.Add(new ConfigurationError(registration.Subject, nameof(options.Source), "is no URI reference. Set one such as '/orders' or 'urn:example:orders', or leave it out."));
        }

        if (clusters.Find(registration, errors) is not { } cluster) return null;

        // What is wrong with the cluster is told for the cluster.
        var ofCluster = clusterOptions.Create(cluster.Name, []);
        ofCluster.Client ??= new Dictionary<string, string>(StringComparer.Ordinal);
        return new ProducerSettings
        {
            Name = registration.Name,
            Cluster = cluster.Name,
            Options = options,
            Client = clients.CreateProducerConfig(registration.Subject, ofCluster, options, producer.ConfigureClient, errors),
        };
    }
}

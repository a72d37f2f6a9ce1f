namespace EventDriven.Kafka.Configuration;

/// <summary>The options of each cluster.</summary>
internal sealed class ClusterCheck(ClusterDirectory clusters, ClusterOptionsFactory factory) : IRegistrationCheck
{
    public void Check(ICollection<ConfigurationError> errors)
    {
        foreach (var alike in clusters.Clusters.GroupBy(static cluster => cluster.Name, StringComparer.OrdinalIgnoreCase))
        {
            var cluster = alike.First();
            if (alike.Count() > 1) errors.Add(new ConfigurationError(cluster.Subject, "AddEventDriven", "it is registered more than once. Register it once."));

            var options = factory.Create(cluster.Name, errors);
            OptionsRules.Check(cluster.Subject, options, errors);
            if (string.IsNullOrWhiteSpace(options.BootstrapServers)) errors.Add(new ConfigurationError(cluster.Subject, nameof(options.BootstrapServers), NoBrokers(cluster)));
            if (options.Client is not null) ClientConfigComposer.CheckCluster(cluster.Subject, options, errors);
        }
    }

    private static string NoBrokers(ClusterRegistration cluster) => cluster.Section is { } section
        ? $"there are none. Set {section.Path}:{nameof(KafkaClusterOptions.BootstrapServers)} in the configuration, such as \"localhost:9092\"."
        : "there are none. Set them in AddEventDriven, such as options => options.BootstrapServers = \"localhost:9092\".";
}

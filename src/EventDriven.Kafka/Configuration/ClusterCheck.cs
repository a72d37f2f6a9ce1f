using EventDriven.Kafka.Security;

namespace EventDriven.Kafka.Configuration;

/// <summary>The options of each cluster.</summary>
internal sealed class ClusterCheck(ClusterDirectory clusters, ClusterOptionsFactory factory, TokenSources tokens) : IRegistrationCheck
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
            CheckSecurity(cluster, options, errors);
            if (options.Client is not null) ClientConfigComposer.CheckCluster(cluster.Subject, options, errors);
        }
    }

    private void CheckSecurity(ClusterRegistration cluster, KafkaClusterOptions options, ICollection<ConfigurationError> errors)
    {
        if (options.Security is null || options.Client is null) return;

        OptionsRules.Check(cluster.Subject, options.Security, errors, $"{nameof(options.Security)}:");
        SecurityRules.Check(cluster.Subject, options.Security, errors);
        SecurityRules.CheckAgainstClient(cluster.Subject, options, errors);
        if (SecuritySettings.AsksForTokens([.. SecuritySettings.Of(options.Security), .. options.Client])) CheckTokens(cluster, errors);
    }

    private void CheckTokens(ClusterRegistration cluster, ICollection<ConfigurationError> errors)
    {
        const string Property = $"{nameof(KafkaClusterOptions.Security)}:{nameof(KafkaSecurityOptions.Authentication)}";
        try
        {
            if (tokens.ProviderOf(cluster.Name) is not null) return;

            errors.Add(new ConfigurationError(
                cluster.Subject, Property, $"is OAuthBearer, and nothing provides tokens. Register a provider: services.AddSingleton<{nameof(IOAuthBearerTokenProvider)}, …>()."));
        }
#pragma warning disable CA1031 // Whatever keeps the application's provider from being made is told with the other errors.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            errors.Add(new ConfigurationError(
                cluster.Subject, Property, $"is OAuthBearer, and the {nameof(IOAuthBearerTokenProvider)} can't be made: {thrown.Message} Register it as a singleton, with what it needs."));
        }
    }

    private static string NoBrokers(ClusterRegistration cluster) => cluster.Section is { } section
        ? $"there are none. Set {section.Path}:{nameof(KafkaClusterOptions.BootstrapServers)} in the configuration, such as \"localhost:9092\"."
        : "there are none. Set them in AddEventDriven, such as options => options.BootstrapServers = \"localhost:9092\".";
}

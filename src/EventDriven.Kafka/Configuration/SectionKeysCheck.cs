using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;

namespace EventDriven.Kafka.Configuration;

/// <summary>Keys of our sections that nothing reads: a misspelt option must not be ignored.</summary>
internal sealed class SectionKeysCheck(ClusterDirectory clusters, IEnumerable<ConsumerRegistration> consumers, IEnumerable<ProducerRegistration> producers) : IRegistrationCheck
{
    private static readonly string[] ClusterKeys = [.. PropertiesOf<KafkaClusterOptions>(), ConsumerRegistration.Section, ProducerRegistration.Section];
    private static readonly string[] ConsumerKeys = [.. PropertiesOf<EventConsumerOptions>()];
    private static readonly string[] ProducerKeys = [.. PropertiesOf<EventProducerOptions>()];

    public void Check(ICollection<ConfigurationError> errors)
    {
        foreach (var cluster in clusters.Clusters)
        {
            if (cluster.Section is not { } section) continue;

            CheckKeys(cluster.Subject, section, ClusterKeys, errors);
            CheckEndpoints(cluster, section.GetSection(ConsumerRegistration.Section), consumers, "consumer", ConsumerKeys, errors);
            CheckEndpoints(cluster, section.GetSection(ProducerRegistration.Section), producers, "producer", ProducerKeys, errors);
        }
    }

    private void CheckEndpoints(
        ClusterRegistration cluster,
        IConfigurationSection section,
        IEnumerable<EndpointRegistration> endpoints,
        string kind,
        string[] keys,
        ICollection<ConfigurationError> errors)
    {
        foreach (var child in section.GetChildren())
        {
            var endpoint = endpoints.FirstOrDefault(endpoint => Is(endpoint.Name, child.Key));
            if (endpoint is not null && clusters.Find(endpoint) == cluster)
            {
                CheckKeys(endpoint.Subject, child, keys, errors);
                continue;
            }

            var problem = endpoint is null
                ? $"no {kind} has this name.{NearestName.Hint(child.Key, endpoints.Select(static known => known.Name))} Remove the section, or register the {kind}."
                : $"the {kind} of this name is on the cluster '{clusters.Find(endpoint)?.Name ?? endpoint.Cluster}'. Move the section there.";
            errors.Add(new ConfigurationError(cluster.Subject, child.Path, problem));
        }
    }

    private static void CheckKeys(string subject, IConfigurationSection section, string[] known, ICollection<ConfigurationError> errors)
    {
        foreach (var child in section.GetChildren())
        {
            if (known.Any(key => Is(key, child.Key))) continue;

            errors.Add(new ConfigurationError(subject, child.Path, $"there is no option of this name.{NearestName.Hint(child.Key, known)} Correct it, or remove it."));
        }
    }

    private static bool Is(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> PropertiesOf<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>() =>
        typeof(TOptions).GetProperties().Select(static property => property.Name);
}

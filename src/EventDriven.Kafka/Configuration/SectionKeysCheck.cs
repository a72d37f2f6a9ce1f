using System.Diagnostics.CodeAnalysis;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.Configuration;

namespace EventDriven.Kafka.Configuration;

/// <summary>Keys of our sections that nothing reads: a misspelt option must not be ignored.</summary>
internal sealed class SectionKeysCheck(
    ClusterDirectory clusters,
    IEnumerable<ConsumerRegistration> consumers,
    IEnumerable<ProducerRegistration> producers,
    IEnumerable<TransactionalProducerRegistration> transactionalProducers) : IRegistrationCheck
{
    private static readonly Dictionary<string, Shape> ClusterKeys = new(ShapesOf<KafkaClusterOptions>(), StringComparer.OrdinalIgnoreCase)
    {
        [ConsumerRegistration.Section] = Shape.Section,
        [ProducerRegistration.Section] = Shape.Section,
        [TransactionalProducerRegistration.Section] = Shape.Section,
    };

    private static readonly Dictionary<string, Shape> SecurityKeys = new(ShapesOf<KafkaSecurityOptions>(), StringComparer.OrdinalIgnoreCase);
    private static readonly Dictionary<string, Shape> ConsumerKeys = new(ShapesOf<EventConsumerOptions>(), StringComparer.OrdinalIgnoreCase);
    private static readonly Dictionary<string, Shape> ProducerKeys = new(ShapesOf<EventProducerOptions>(), StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, Shape> TransactionalProducerKeys = new(ShapesOf<TransactionalProducerOptions>(), StringComparer.OrdinalIgnoreCase);

    private enum Shape
    {
        Value,
        List,
        Section,
    }

    public void Check(ICollection<ConfigurationError> errors)
    {
        foreach (var cluster in clusters.Clusters)
        {
            if (cluster.Section is not { } section) continue;

            CheckKeys(cluster.Subject, section, ClusterKeys, errors);
            CheckKeys(cluster.Subject, section.GetSection(nameof(KafkaClusterOptions.Security)), SecurityKeys, errors);
            CheckEndpoints(cluster, section.GetSection(ConsumerRegistration.Section), consumers, "consumer", ConsumerKeys, errors);
            CheckEndpoints(cluster, section.GetSection(ProducerRegistration.Section), producers, "producer", ProducerKeys, errors);
            CheckEndpoints(
                cluster, section.GetSection(TransactionalProducerRegistration.Section), transactionalProducers, "transactional producer", TransactionalProducerKeys, errors);
        }
    }

    private void CheckEndpoints(
        ClusterRegistration cluster,
        IConfigurationSection section,
        IEnumerable<EndpointRegistration> endpoints,
        string kind,
        Dictionary<string, Shape> keys,
        ICollection<ConfigurationError> errors)
    {
        foreach (var child in section.GetChildren())
        {
            var endpoint = endpoints.FirstOrDefault(endpoint => Is(endpoint.Name, child.Key));
            if (endpoint is not null && clusters.Find(endpoint) == cluster)
            {
                CheckShape(endpoint.Subject, child, Shape.Section, errors);
                CheckKeys(endpoint.Subject, child, keys, errors);
                continue;
            }

            var problem = endpoint is null
                ? $"no {kind} has this name.{NearestName.Hint(child.Key, endpoints.Select(static known => known.Name))} Remove the section, or register the {kind}."
                : $"the {kind} of this name is on the cluster '{clusters.Find(endpoint)?.Name ?? endpoint.Cluster}'. Move the section there.";
            errors.Add(new ConfigurationError(cluster.Subject, child.Path, problem));
        }
    }

    private static void CheckKeys(string subject, IConfigurationSection section, Dictionary<string, Shape> known, ICollection<ConfigurationError> errors)
    {
        foreach (var child in section.GetChildren())
        {
            if (known.TryGetValue(child.Key, out var shape))
            {
                CheckShape(subject, child, shape, errors);
                continue;
            }

            errors.Add(new ConfigurationError(subject, child.Path, $"there is no option of this name.{NearestName.Hint(child.Key, known.Keys)} Correct it, or remove it."));
        }
    }

    /// <summary>The binder passes over what has another shape than its option. (One value for a list is told where lists are bound.)</summary>
    private static void CheckShape(string subject, IConfigurationSection section, Shape shape, ICollection<ConfigurationError> errors)
    {
        if (shape == Shape.Section && !string.IsNullOrEmpty(section.Value))
        {
            errors.Add(new ConfigurationError(subject, section.Path, "is one value where a section with names and values is wanted. Correct it, or remove it."));
        }
        else if (shape == Shape.Value && section.GetChildren().Any())
        {
            errors.Add(new ConfigurationError(subject, section.Path, "is a section where one value is wanted. Correct it, or remove it."));
        }
    }

    private static bool Is(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<KeyValuePair<string, Shape>> ShapesOf<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>() =>
        from property in typeof(TOptions).GetProperties()
        let type = property.PropertyType
        select KeyValuePair.Create(
            property.Name,
            type == typeof(IList<string>) ? Shape.List
                : type == typeof(KafkaSecurityOptions) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>)) ? Shape.Section
                : Shape.Value);
}

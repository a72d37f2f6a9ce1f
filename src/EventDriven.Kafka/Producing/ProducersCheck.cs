using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka.Producing;

/// <summary>Each producer can be made, and code that asks for one gets the one it means.</summary>
internal sealed class ProducersCheck(IServiceProvider services, ClusterDirectory clusters, IEnumerable<ProducerBlueprint> producers) : IRegistrationCheck
{
    public void Check(ICollection<ConfigurationError> errors)
    {
        var all = producers.ToArray();
        foreach (var producer in all) producer.Check(services, errors);

        foreach (var same in all.GroupBy(static producer => (producer.EventType, producer.ServiceKey)).Where(static same => same.Count() > 1))
        {
            var names = string.Join(", ", same.Select(static producer => $"'{producer.Registration.Name}'"));
            var type = same.Key.EventType.Name;
            errors.Add(same.Key.ServiceKey is null
                ? new ConfigurationError(
                    same.Last().Registration.Subject,
                    "AddEventProducer",
                    $"{same.Count()} producers of {type} are registered without a key ({names}), and IEventProducer<{type}> could be any of them. "
                    + "Register all but one with AddKeyedEventProducer, and take those with [FromKeyedServices].")
                : new ConfigurationError(
                    same.Last().Registration.Subject,
                    "AddKeyedEventProducer",
                    $"{same.Count()} producers of {type} are registered with the key '{same.Key.ServiceKey}' ({names}). Give each a key of its own."));
        }

        // Letter case aside, because sections of configuration are found that way.
        foreach (var same in all.GroupBy(static producer => producer.Registration.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (same.Key.Contains(':', StringComparison.Ordinal))
            {
                errors.Add(new ConfigurationError(
                    same.First().Registration.Subject, "Named", "the name has a ':', which separates sections of configuration. Give it another with Named."));
            }

            if (same.Select(producer => (clusters.Find(producer.Registration), producer.Topic)).Distinct().Count() == 1) continue;

            errors.Add(new ConfigurationError(
                same.First().Registration.Subject,
                "Named",
                "several producers have this name, and so share its options, but they write to different topics or clusters. Give each a name of its own with Named."));
        }
    }
}

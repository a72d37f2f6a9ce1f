namespace EventDriven.Kafka.Configuration;

/// <summary>Each consumer for itself, then those that get in each other's way.</summary>
internal sealed class ConsumerCheck(IEnumerable<ConsumerRegistration> registrations, ConsumerSettingsComposer settings, IServiceProvider services) : IRegistrationCheck
{
    public void Check(ICollection<ConfigurationError> errors)
    {
        var readers = new Dictionary<(string Cluster, string Group, string Topic), string>();
        foreach (var alike in registrations.GroupBy(static consumer => consumer.Name, StringComparer.OrdinalIgnoreCase))
        {
            var consumer = alike.First();
            CheckName(consumer, alike.Count(), errors);
            foreach (var one in alike.Key.Length == 0 ? alike : alike.Take(1))
            {
                one.Pipeline.Check(services, one.Subject, errors);
                if (settings.Compose(one, errors) is { } composed) CheckGroup(one, composed, readers, errors);
            }
        }
    }

    private static void CheckName(ConsumerRegistration consumer, int count, ICollection<ConfigurationError> errors)
    {
        if (consumer.Name.Length == 0)
        {
            errors.Add(new ConfigurationError(consumer.Subject, "Named", "it has neither a group nor a name. Give it a group, or a name with Named."));
        }
        else if (count > 1)
        {
            errors.Add(new ConfigurationError(
                consumer.Subject, "Named", $"{count} consumers have this name, which is the group unless given. Give each its own with Named."));
        }

        if (consumer.Name.Contains(':', StringComparison.Ordinal))
        {
            errors.Add(new ConfigurationError(consumer.Subject, "Named", "the name has a ':', which separates sections of configuration. Give it another with Named."));
        }
    }

    /// <summary>Two members of one group share the partitions of a topic: each handler would silently see a part of the events only.</summary>
    private static void CheckGroup(
        ConsumerRegistration consumer,
        Consuming.ConsumerSettings settings,
        Dictionary<(string Cluster, string Group, string Topic), string> readers,
        ICollection<ConfigurationError> errors)
    {
        foreach (var topic in settings.Options.Topics.Distinct(StringComparer.Ordinal))
        {
            if (readers.TryAdd((settings.Cluster, settings.Group, topic), consumer.Name)) continue;

            errors.Add(new ConfigurationError(
                consumer.Subject,
                nameof(settings.Options.Group),
                $"consumer '{readers[(settings.Cluster, settings.Group, topic)]}' reads '{topic}' in the group '{settings.Group}' too, so each would get only a part of the events. "
                    + "Give one another group, or handle both in one consumer."));
        }
    }
}

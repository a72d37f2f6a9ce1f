namespace EventDriven.Kafka.Configuration;

/// <summary>Each consumer for itself, then those that get in each other's way.</summary>
internal sealed class ConsumerCheck(IEnumerable<ConsumerRegistration> registrations, ConsumerSettingsComposer settings, IServiceProvider services) : IRegistrationCheck
{
    public void Check(ICollection<ConfigurationError> errors)
    {
        var readers = new Dictionary<(string Cluster, string Group, string Topic), string>();
        var instances = new Dictionary<(string Cluster, string Group, string Instance), string>();
        var transactionalIds = new Dictionary<(string Cluster, string Id), string>();
        foreach (var alike in registrations.GroupBy(static consumer => consumer.Name, StringComparer.OrdinalIgnoreCase))
        {
            var consumer = alike.First();
            CheckName(consumer, alike.Count(), errors);
            foreach (var one in alike.Key.Length == 0 ? alike : alike.Take(1))
            {
                one.Pipeline.Check(services, one.Subject, errors);
                if (settings.Compose(one, errors) is not { } composed) continue;

                CheckGroup(one, composed, readers, instances, errors);
                CheckTransactionalId(one, composed, transactionalIds, errors);
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
        Dictionary<(string Cluster, string Group, string Instance), string> instances,
        ICollection<ConfigurationError> errors)
    {
        if (settings.Options.InstanceId is { } instance && !instances.TryAdd((settings.Cluster, settings.Group, instance), consumer.Name))
        {
            errors.Add(new ConfigurationError(
                consumer.Subject,
                nameof(settings.Options.InstanceId),
                $"consumer '{instances[(settings.Cluster, settings.Group, instance)]}' has '{instance}' in the group '{settings.Group}' too, so one would push the other out. Give each an id of its own."));
        }

        foreach (var topic in settings.Options.Topics.Distinct(StringComparer.Ordinal))
        {
            var shared = readers.FirstOrDefault(reader =>
                reader.Value != consumer.Name && reader.Key.Cluster == settings.Cluster && reader.Key.Group == settings.Group
                && TopicPattern.Overlap(reader.Key.Topic, topic));
            readers.TryAdd((settings.Cluster, settings.Group, topic), consumer.Name);
            if (shared.Value is null) continue;

            errors.Add(new ConfigurationError(
                consumer.Subject,
                nameof(settings.Options.Group),
                $"consumer '{shared.Value}' reads '{shared.Key.Topic}' in the group '{settings.Group}' too, so each would get only a part of the events. "
                    + "Give one another group, or handle both in one consumer."));
        }
    }

    /// <summary>A name and an instance may come to the same id as others, since both may have a '-'.</summary>
    private static void CheckTransactionalId(
        ConsumerRegistration consumer, Consuming.ConsumerSettings settings, Dictionary<(string Cluster, string Id), string> ids, ICollection<ConfigurationError> errors)
    {
        if (settings.Transactions?.Settings.TransactionalId is not { } id || ids.TryAdd((settings.Cluster, id), consumer.Name)) return;

        errors.Add(new ConfigurationError(
            consumer.Subject,
            nameof(settings.Options.InstanceId),
            $"'{id}' is the transactional id of consumer '{ids[(settings.Cluster, id)]}' too, so each would end the transactions of the other. Give one another InstanceId."));
    }
}

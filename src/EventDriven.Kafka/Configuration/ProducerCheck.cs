namespace EventDriven.Kafka.Configuration;

/// <summary>The options of each producer, and its cluster.</summary>
internal sealed class ProducerCheck(ClusterDirectory clusters, IEnumerable<ProducerRegistration> registrations, ProducerOptionsFactory factory) : IRegistrationCheck
{
    public void Check(ICollection<ConfigurationError> errors)
    {
        foreach (var producer in registrations.DistinctBy(static producer => producer.Name))
        {
            clusters.Find(producer, errors);
            var options = factory.Create(producer.Name, errors);
            OptionsRules.Check(producer.Subject, options, errors);
            if (TopicName.Problem(options.Topic) is { } problem) errors.Add(new ConfigurationError(producer.Subject, nameof(options.Topic), problem));
        }
    }
}

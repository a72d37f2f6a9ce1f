using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.Hosting;

/// <summary>A topic that a consumer needs for its failed events.</summary>
/// <param name="Subject">Whose need it is: <c>consumer 'inventory'</c>.</param>
/// <param name="Provision">Whether what is missing is created.</param>
/// <param name="Topic">The topic.</param>
internal sealed record FailureTopicNeed(string Subject, bool Provision, DerivedTopic Topic)
{
    /// <summary>What a consumer needs for some of its sources.</summary>
    public static IReadOnlyList<FailureTopicNeed> Of(string subject, ConsumerSettings settings, FailurePolicy policy, IEnumerable<string> sources) =>
    [
        .. from source in sources
           where !TopicPattern.Is(source)
           from topic in DerivedTopic.Of(policy, settings.Topics, source)
           select new FailureTopicNeed(subject, settings.Options.ProvisionTopics, topic),
    ];
}

using EventDriven.Kafka.Configuration;

namespace EventDriven.Kafka;

public sealed partial class FailurePolicyBuilder
{
    /// <summary>A dead letter must never come back to its own consumer: it would fail there again, and so on for ever.</summary>
    internal void CheckDeadLetters(string subject, EventConsumerOptions options, ICollection<ConfigurationError> errors)
    {
        if (_ends is not [{ DeadLetters: { } deadLetters }])
        {
            return;
        }

        var settings = deadLetters.Build();
        var names = BuildTopics(options.Group);
        var sources = options.Topics.Where(static topic => TopicName.Problem(topic) is null && !TopicPattern.Is(topic)).ToHashSet(StringComparer.Ordinal);
        foreach (var topic in sources.Where(source => names.Problem(source, []) is null).SelectMany(source => settings.TopicsFor(names, source)).Where(sources.Contains).Distinct(StringComparer.Ordinal))
        {
            errors.Add(new ConfigurationError(
                subject,
                "OnFailure",
                $"ThenDeadLetter: dead letters would go to '{topic}', which the consumer reads itself: they would fail there again and again. Give them another topic, or read that one by a consumer of its own."));
        }
    }
}

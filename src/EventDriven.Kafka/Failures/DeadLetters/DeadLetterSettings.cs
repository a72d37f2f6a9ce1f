namespace EventDriven.Kafka.Failures;

/// <summary>Where dead letters go and what is written beside the event: decided at start. Immutable; thread-safe.</summary>
internal sealed class DeadLetterSettings
{
    public static DeadLetterSettings Default { get; } = new();

    /// <summary>The topic of what no route is for; null for the one named after group and source.</summary>
    public string? Topic { get; init; }

    /// <summary>Topics by the type of exception; the first that applies holds.</summary>
    public IReadOnlyList<(Type Exception, string Topic)> Routes { get; init; } = [];

    public bool WithStack { get; init; } = true;

    /// <summary>Whether the headers of spring-kafka are written as well.</summary>
    public bool WithSpringHeaders { get; init; }

    /// <summary>The topic of an event that has failed with an exception.</summary>
    public string TopicOf(Exception error, FailureTopics names, string source)
    {
        var thrown = FailureClassifier.Unwrap(error);
        foreach (var (type, topic) in Routes)
        {
            if (type.IsInstanceOfType(thrown))
            {
                return topic;
            }
        }

        return Topic ?? names.DeadLetter(source);
    }

    /// <summary>All topics that dead letters of a source may go to.</summary>
    public IEnumerable<string> TopicsFor(FailureTopics names, string source) =>
        Routes.Select(static route => route.Topic).Append(Topic ?? names.DeadLetter(source)).Distinct(StringComparer.Ordinal);

    /// <summary>Whether dead letters go to a topic whatever their source is.</summary>
    public bool IsNamed(string topic) => topic == Topic || Routes.Any(route => route.Topic == topic);
}

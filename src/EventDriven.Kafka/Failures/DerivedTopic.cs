namespace EventDriven.Kafka.Failures;

/// <summary>A topic that a consumer writes failed events of one source to.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Source">The topic whose events come there.</param>
/// <param name="Delay">How long events wait in it, for a retry topic.</param>
internal sealed record DerivedTopic(string Name, DerivedTopicKind Kind, string Source, RetryDelay? Delay = null)
{
    /// <summary>Whether the consumer reads it as well.</summary>
    public bool IsRead => Kind is not DerivedTopicKind.DeadLetter;

    /// <summary>All topics that a policy may write the events of one source to, each once.</summary>
    public static IReadOnlyList<DerivedTopic> Of(FailurePolicy policy, FailureTopics names, string source)
    {
        var topics = new List<DerivedTopic>();
        if (policy.KeepsKeyOrder && policy.Delays.Count > 0)
        {
            topics.Add(new DerivedTopic(names.Parked(source), DerivedTopicKind.Parked, source));
        }
        else
        {
            topics.AddRange(policy.Delays.Select(delay => new DerivedTopic(names.Retry(source, delay), DerivedTopicKind.Retry, source, delay)));
        }

        if (policy.End is FailureStep.DeadLetter)
        {
            topics.AddRange(policy.DeadLetters.TopicsFor(names, source).Select(topic => new DerivedTopic(topic, DerivedTopicKind.DeadLetter, source)));
        }

        return [.. topics.DistinctBy(static topic => topic.Name)];
    }
}

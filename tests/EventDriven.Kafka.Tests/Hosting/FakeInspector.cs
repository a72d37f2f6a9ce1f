using System.Collections.Concurrent;
using EventDriven.Kafka.Hosting;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>A cluster with the topics one gives it. Each look is noted.</summary>
internal sealed class FakeInspector : ITopicInspector
{
    public ConcurrentBag<string> Asked { get; } = [];

    public Func<string, TopicInspection> Answer { get; set; } = static _ => new TopicInspection();

    /// <summary>Answers by topic, in place of <see cref="Answer"/>.</summary>
    public Func<IReadOnlyCollection<string>, TopicInspection>? AnswerAbout { get; set; }

    /// <summary>Called after each answer.</summary>
    public Action<IReadOnlyCollection<string>>? Seen { get; set; }

    public Task<TopicInspection> InspectAsync(string cluster, IReadOnlyCollection<string> topics, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Asked.Add($"{cluster}: {string.Join(", ", topics.Order(StringComparer.Ordinal))}");
        var answer = AnswerAbout?.Invoke(topics) ?? Answer(cluster);
        Seen?.Invoke(topics);
        return Task.FromResult(answer);
    }
}

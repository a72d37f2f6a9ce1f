using System.Collections.Concurrent;
using EventDriven.Kafka.Hosting;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>A cluster with the topics one gives it. Each look is noted.</summary>
internal sealed class FakeInspector : ITopicInspector
{
    public ConcurrentBag<string> Asked { get; } = [];

    public Func<string, TopicInspection> Answer { get; set; } = static _ => new TopicInspection();

    public Task<TopicInspection> InspectAsync(string cluster, IReadOnlyCollection<string> topics, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Asked.Add($"{cluster}: {string.Join(", ", topics.Order(StringComparer.Ordinal))}");
        return Task.FromResult(Answer(cluster));
    }
}

using System.Collections.Concurrent;
using EventDriven.Kafka.Hosting;

namespace EventDriven.Kafka.Tests.Hosting;

/// <summary>A cluster with the topics one gives it. Each look is counted, and can be waited for.</summary>
internal sealed class FakeInspector : ITopicInspector
{
    private readonly SemaphoreSlim _looks = new(0);

    public ConcurrentBag<string> Asked { get; } = [];

    public Func<string, TopicInspection> Answer { get; set; } = static _ => new TopicInspection();

    public Task<TopicInspection> InspectAsync(string cluster, IReadOnlyCollection<string> topics, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Asked.Add($"{cluster}: {string.Join(", ", topics.Order(StringComparer.Ordinal))}");
        var answer = Answer(cluster);
        _looks.Release();
        return Task.FromResult(answer);
    }

    public async Task NextLookAsync() => Assert.True(await _looks.WaitAsync(TimeSpan.FromSeconds(30)), "nobody looked");
}

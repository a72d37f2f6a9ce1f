using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.Hosting;

/// <summary>Sees to the topics for the failed events of sources that a pattern has found.</summary>
internal sealed class PatternPreparation(FailureTopicProvisioner provisioner, ConsumerSettings settings, FailurePolicy policy)
{
    /// <returns>The sources that are not to be read yet, and why.</returns>
    public async Task<IReadOnlyDictionary<string, string>> PrepareAsync(IReadOnlyCollection<string> sources, CancellationToken cancellationToken)
    {
        var misnamed = sources
            .Select(source => (Source: source, Problem: settings.Topics.Problem(source, DerivedTopic.Of(policy, settings.Topics, source).Select(topic => KindOf(topic, source)))))
            .Where(static named => named.Problem is not null)
            .ToDictionary(static named => named.Source, static named => named.Problem!, StringComparer.Ordinal);
        var rest = sources.Where(source => !misnamed.ContainsKey(source)).ToArray();

        // Where there are retry topics, those who look for them refuse such names too.
        var refused = settings.RetryTopics is null ? misnamed : new Dictionary<string, string>(StringComparer.Ordinal);
        if ((await PrepareAllAsync(rest, cancellationToken).ConfigureAwait(false)).Count == 0)
        {
            return refused;
        }

        foreach (var source in rest)
        {
            if (await PrepareAllAsync([source], cancellationToken).ConfigureAwait(false) is { Count: > 0 } problems)
            {
                refused[source] = string.Join(' ', problems);
            }
        }

        return refused;
    }

    private string KindOf(DerivedTopic topic, string source)
    {
        var prefix = settings.Topics.Prefix(source);
        return topic.Name.StartsWith(prefix, StringComparison.Ordinal) ? topic.Name[prefix.Length..] : "";
    }

    private async Task<IReadOnlyList<string>> PrepareAllAsync(string[] sources, CancellationToken cancellationToken)
    {
        var errors = await provisioner.PrepareAsync(settings.Cluster, FailureTopicNeed.Of($"consumer '{settings.Name}'", settings, policy, sources), cancellationToken).ConfigureAwait(false);
        return [.. errors.Select(static error => error.Problem)];
    }
}

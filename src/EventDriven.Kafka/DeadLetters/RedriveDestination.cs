using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.DeadLetters;

/// <summary>Where the dead letters of one group and topic are put back.</summary>
internal sealed record RedriveDestination(RedriveDestinationKind Kind, string Topic)
{
    /// <param name="clients">The cluster.</param>
    /// <param name="group">The group that alone is to get them; null for all who read the topic.</param>
    /// <param name="names">How the group's topics are named.</param>
    /// <param name="topic">The topic that they were read from first.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="DeadLetterException">There is no such topic.</exception>
    public static async Task<RedriveDestination> FindAsync(DeadLetterClients clients, string? group, FailureTopics names, string topic, CancellationToken cancellationToken)
    {
        if (group is null)
        {
            _ = await DeadLetterTopic.CountPartitionsAsync(clients, topic, cancellationToken).ConfigureAwait(false)
                ?? throw new DeadLetterException($"The topic '{topic}', which dead letters are to be put back to, does not exist any more on the cluster '{clients.Cluster}'. Create it, or put them back to their group.");
            return new RedriveDestination(RedriveDestinationKind.Source, topic);
        }

        var parked = names.Parked(topic);
        var topics = await ListAsync(clients, cancellationToken).ConfigureAwait(false);
        if (topics.Contains(parked))
        {
            return new RedriveDestination(RedriveDestinationKind.Parked, parked);
        }

        var prefix = names.Prefix(topic) + DerivedTopics.RetryKind;
        var first = topics.Where(existing => existing.StartsWith(prefix, StringComparison.Ordinal))
            .Select(existing => (Topic: existing, IsRetry: RetryDelay.TryParse(existing[prefix.Length..], out var delay), Delay: delay.Time))
            .Where(static retry => retry.IsRetry)
            .OrderBy(static retry => retry.Delay)
            .FirstOrDefault();
        return first.Topic is not null ? new RedriveDestination(RedriveDestinationKind.Retry, first.Topic) : throw new DeadLetterException(
            $"The group '{group}' has neither a parked nor a retry topic for '{topic}' on the cluster '{clients.Cluster}', so dead letters can't be put back to it alone. Put them back to their original topic.");
    }

    /// <summary>All topics. By asking for all: asking for one creates it on some brokers.</summary>
    private static async Task<HashSet<string>> ListAsync(DeadLetterClients clients, CancellationToken cancellationToken)
    {
        var admin = clients.CreateAdmin();
        await using (admin.ConfigureAwait(false))
        {
            var all = await DeadLetterTopic.AskAsync(clients, "all topics", () => admin.Client.GetMetadata(DeadLetterClients.Timeout), cancellationToken).ConfigureAwait(false);
            return all.Topics.Where(static known => !known.Error.IsError).Select(static known => known.Topic).ToHashSet(StringComparer.Ordinal);
        }
    }
}

using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.DeadLetters;

/// <summary>Where the dead letters of one group and topic are put back.</summary>
internal sealed record RedriveDestination(RedriveDestinationKind Kind, string Topic)
{
    /// <param name="clients">The cluster.</param>
    /// <param name="group">The group that alone is to get them; null for all who read the topic.</param>
    /// <param name="topic">The topic that they were read from first.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="DeadLetterException">There is no such topic.</exception>
    public static async Task<RedriveDestination> FindAsync(DeadLetterClients clients, string? group, string topic, CancellationToken cancellationToken)
    {
        if (group is null)
        {
            _ = await DeadLetterTopic.CountPartitionsAsync(clients, topic, cancellationToken).ConfigureAwait(false)
                ?? throw new DeadLetterException($"The topic '{topic}', which dead letters are to be put back to, does not exist any more on the cluster '{clients.Cluster}'. Create it, or put them back to their group.");
            return new RedriveDestination(RedriveDestinationKind.Source, topic);
        }

        var parked = DerivedTopics.Parked(group, topic);
        var topics = await ListAsync(clients, cancellationToken).ConfigureAwait(false);
        if (topics.Contains(parked))
        {
            return new RedriveDestination(RedriveDestinationKind.Parked, parked);
        }

        var retries = from existing in topics
                      let delay = DerivedTopics.DelayOf(@group, topic, existing)
                      where delay is not null
                      orderby delay.Value.Time
                      select new RedriveDestination(RedriveDestinationKind.Retry, existing);
        return retries.FirstOrDefault() ?? throw new DeadLetterException(
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

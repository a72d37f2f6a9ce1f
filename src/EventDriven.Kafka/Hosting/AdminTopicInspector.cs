using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Security;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Hosting;

/// <summary>Asks by describing topics: asking for metadata creates them on some brokers.</summary>
internal sealed class AdminTopicInspector(IOptionsMonitor<KafkaClusterOptions> clusters, ClientConfigComposer clients, TokenSources? tokenSources = null) : ITopicInspector
{
    /// <summary>How long brokers have to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public async Task<TopicInspection> InspectAsync(string cluster, IReadOnlyCollection<string> topics, CancellationToken cancellationToken)
    {
        var problems = new ContactProblems();
        AdminConnection? connection = null;
        try
        {
            connection = new AdminConnection(cluster, clients.CreateAdminConfig(clusters.Get(cluster)), problems, tokenSources);
            var client = connection.Client;
            if (topics.Count == 0)
            {
                return await UnlessRefused(client.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = Timeout }), problems, cancellationToken).ConfigureAwait(false) is null
                    ? problems.ToInspection("")
                    : new TopicInspection();
            }

            var options = new DescribeTopicsOptions { RequestTimeout = Timeout, IncludeAuthorizedOperations = true };
            return await UnlessRefused(client.DescribeTopicsAsync(TopicCollection.OfTopicNames(topics), options), problems, cancellationToken).ConfigureAwait(false) is { } described
                ? Read(described.TopicDescriptions)
                : problems.ToInspection("");
        }
        catch (DescribeTopicsException someFailed)
        {
            return Read(someFailed.Results.TopicDescriptions);
        }
        catch (Exception refused) when (refused is KafkaException or InvalidOperationException or ArgumentException)
        {
            // The request only says that its time was over; what the client met meanwhile says why.
            return problems.ToInspection(refused.Message);
        }
        finally
        {
            connection?.CloseSoon();
        }
    }

    /// <returns>The answer; null where the client was refused first.</returns>
    private static async Task<T?> UnlessRefused<T>(Task<T> asking, ContactProblems problems, CancellationToken cancellationToken)
        where T : class
    {
        // Nobody asks for its end any more where the client was refused.
        _ = asking.ContinueWith(static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        await Task.WhenAny(asking, problems.Refused).WaitAsync(cancellationToken).ConfigureAwait(false);
        return asking.IsCompleted ? await asking.ConfigureAwait(false) : null;
    }

    private static TopicInspection Read(IReadOnlyCollection<TopicDescription> topics) => new()
    {
        Missing = [.. topics.Where(static topic => topic.Error.Code == ErrorCode.UnknownTopicOrPart).Select(static topic => topic.Name)],
        Refused = topics.Where(static topic => topic.Error.IsError && topic.Error.Code != ErrorCode.UnknownTopicOrPart)
            .ToDictionary(static topic => topic.Name, static topic => topic.Error.Reason, StringComparer.Ordinal),
        Shapes = topics.Where(static topic => !topic.Error.IsError && topic.Partitions.Count > 0)
            .ToDictionary(static topic => topic.Name, static topic => new TopicShape(topic.Partitions.Count, topic.Partitions[0].Replicas.Count), StringComparer.Ordinal),
        NotReadable = [.. topics.Where(static topic => Lacks(topic, AclOperation.Read)).Select(static topic => topic.Name)],
        NotWritable = [.. topics.Where(static topic => Lacks(topic, AclOperation.Write)).Select(static topic => topic.Name)],
    };

    /// <summary>Brokers that do not tell, tell of no operation at all; who may describe a topic has at least that one.</summary>
    private static bool Lacks(TopicDescription topic, AclOperation operation) =>
        !topic.Error.IsError && topic.AuthorizedOperations is { Count: > 0 } allowed && !allowed.Contains(operation) && !allowed.Contains(AclOperation.All);
}

using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Configuration;
using Microsoft.Extensions.Options;

namespace EventDriven.Kafka.Hosting;

/// <summary>Asks by describing topics: asking for metadata creates them on some brokers.</summary>
internal sealed class AdminTopicInspector(IOptionsMonitor<KafkaClusterOptions> clusters, ClientConfigComposer clients) : ITopicInspector
{
    /// <summary>How long brokers have to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public async Task<TopicInspection> InspectAsync(string cluster, IReadOnlyCollection<string> topics, CancellationToken cancellationToken)
    {
        string? lastError = null;
        IAdminClient? client = null;
        try
        {
            client = new AdminClientBuilder(clients.CreateAdminConfig(clusters.Get(cluster)))
                .SetErrorHandler((_, error) => Volatile.Write(ref lastError, error.Reason))
                .SetLogHandler(static (_, _) => { })
                .Build();
            if (topics.Count == 0)
            {
                await client.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = Timeout }).WaitAsync(cancellationToken).ConfigureAwait(false);
                return new TopicInspection();
            }

            var options = new DescribeTopicsOptions { RequestTimeout = Timeout };
            var described = await client.DescribeTopicsAsync(TopicCollection.OfTopicNames(topics), options).WaitAsync(cancellationToken).ConfigureAwait(false);
            return Read(described.TopicDescriptions);
        }
        catch (DescribeTopicsException someFailed)
        {
            return Read(someFailed.Results.TopicDescriptions);
        }
        catch (Exception refused) when (refused is KafkaException or InvalidOperationException or ArgumentException)
        {
            // The request only says that its time was over; what the client met meanwhile says why.
            return new TopicInspection { Unreachable = Volatile.Read(ref lastError) ?? refused.Message };
        }
        finally
        {
            // Its own thread takes a moment to end, which is no part of the answer.
            if (client is not null) _ = Task.Run(client.Dispose, CancellationToken.None);
        }
    }

    private static TopicInspection Read(IReadOnlyCollection<TopicDescription> topics) => new()
    {
        Missing = [.. topics.Where(static topic => topic.Error.Code == ErrorCode.UnknownTopicOrPart).Select(static topic => topic.Name)],
        Refused = topics.Where(static topic => topic.Error.IsError && topic.Error.Code != ErrorCode.UnknownTopicOrPart)
            .ToDictionary(static topic => topic.Name, static topic => topic.Error.Reason, StringComparer.Ordinal),
    };
}

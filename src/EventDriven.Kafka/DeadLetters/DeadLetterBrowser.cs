using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Failures;
using EventDriven.Kafka.Hosting;
using EventDriven.Kafka.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.DeadLetters;

/// <inheritdoc/>
internal sealed class DeadLetterBrowser(
    DeadLetterClients clients, HandOverLogs logs, IEnumerable<ConsumerRegistration> consumers, ConsumerSettingsComposer settings, IServiceProvider services, ILogger<DeadLetterBrowser> logger, TimeProvider time)
    : IDeadLetters
{
    public async IAsyncEnumerable<DeadLetter> ListAsync(string topic, DeadLetterFilter? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(topic);
        var bounds = await DeadLetterTopic.DescribeAsync(clients, topic, cancellationToken).ConfigureAwait(false);
        var records = DeadLetterTopic.ReadAsync(clients, topic, bounds.Select(partition => partition.Within(filter)), cancellationToken);
        await foreach (var record in records.ConfigureAwait(false))
        {
            if (DeadLetterReader.Read(record) is var letter && filter?.Takes(letter) != false)
            {
                yield return letter;
            }
        }
    }

    public async Task<DeadLetter?> FindAsync(string topic, int partition, long offset, CancellationToken cancellationToken = default)
    {
        var filter = new DeadLetterFilter { Partition = partition, FromOffset = offset, BeforeOffset = offset + 1 };
        await foreach (var letter in ListAsync(topic, filter, cancellationToken).ConfigureAwait(false))
        {
            return letter;
        }

        return null;
    }

    public async ValueTask<object?> DecodeAsync(DeadLetter letter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(letter);
        if (letter.Value is not { } value || letter.OriginalTopic is not { } topic)
        {
            return null;
        }

        if (Find(letter.Group, topic) is not { } consumer)
        {
            return null;
        }

        var handlers = consumer.Pipeline.Handlers;
        var named = letter.Headers.GetText(CloudEventNames.Type);
        var handler = handlers is [var only]
            ? only
            : handlers.Find(one => one.EventType.FullName == named) ?? handlers.Find(one => consumer.Pipeline.EventTypeNames.Contains(KeyValuePair.Create(named ?? "", one.EventType)));
        return handler is null
            ? null
            : await handler.ReadAsync(consumer.Pipeline, services, value, new EventSerializationContext(topic, EventComponent.Value, letter.Headers), cancellationToken).ConfigureAwait(false);
    }

    public async Task<RedriveResult> RedriveAsync(RedriveRequest request, IProgress<RedriveResult>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        Check(request);
        var bounds = await DeadLetterTopic.DescribeAsync(clients, request.Topic, cancellationToken).ConfigureAwait(false);
        var log = logs.For(clients.Cluster, "dead letters", logger);
        var run = new RedriveRun(clients, request, new RedriveWriter(clients, request.Target, log, NamesOf, time), bounds, time, progress);
        return await run.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<long> CountAsync(string topic, int partition, long before, CancellationToken cancellationToken = default)
    {
        var bounds = await OnlyAsync(topic, partition, before, cancellationToken).ConfigureAwait(false);
        return await CountAsync(topic, bounds, cancellationToken).ConfigureAwait(false);
    }

    public async Task PurgeAsync(string topic, int partition, long before, long expectedCount, CancellationToken cancellationToken = default)
    {
        var bounds = await OnlyAsync(topic, partition, before, cancellationToken).ConfigureAwait(false);
        var count = await CountAsync(topic, bounds, cancellationToken).ConfigureAwait(false);
        if (count != expectedCount)
        {
            throw new DeadLetterException(
                $"{topic}[{partition}] has {count} dead letter(s) below offset {before}, not {expectedCount}: nothing was deleted. Look at them again, and confirm the number that there is.");
        }

        var admin = clients.CreateAdmin();
        await using (admin.ConfigureAwait(false))
        {
            try
            {
                await Task.Run(() => PartitionLeader.Learn(admin.Client, new TopicPartition(topic, partition), DeadLetterClients.Timeout), cancellationToken).ConfigureAwait(false);

#pragma warning disable RS0030 // The leader is known.
                // Up to the end that was counted: what has come since, below the offset asked for, stays.
                await admin.Client.DeleteRecordsAsync([new TopicPartitionOffset(topic, partition, bounds.End)], new DeleteRecordsOptions { RequestTimeout = DeadLetterClients.Timeout })
                    .WaitAsync(cancellationToken).ConfigureAwait(false);
#pragma warning restore RS0030
            }
            catch (DeleteRecordsException refused)
            {
                throw DeadLetterTopic.Failed(clients, topic, new KafkaException(refused.Results[0].Error));
            }
            catch (KafkaException refused)
            {
                throw DeadLetterTopic.Failed(clients, topic, refused);
            }
        }
    }

    private async Task<long> CountAsync(string topic, PartitionBounds bounds, CancellationToken cancellationToken)
    {
        var count = 0L;
        await foreach (var _ in DeadLetterTopic.ReadAsync(clients, topic, [bounds], cancellationToken).ConfigureAwait(false))
        {
            count++;
        }

        return count;
    }

    private async Task<PartitionBounds> OnlyAsync(string topic, int partition, long before, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(topic);
        var all = await DeadLetterTopic.DescribeAsync(clients, topic, cancellationToken).ConfigureAwait(false);
        if (partition < 0 || partition >= all.Count)
        {
            throw new DeadLetterException($"The topic '{topic}' has no partition {partition}: it has {all.Count}, from 0 on.");
        }

        return all[partition] with { End = Math.Min(all[partition].End, before) };
    }

    /// <summary>The consumer of this host that is of a group, and reads a topic where one is named.</summary>
    private ConsumerRegistration? Find(string? group, string? topic = null) => consumers.FirstOrDefault(consumer =>
        settings.Compose(consumer, []) is { } composed && composed.Cluster == clients.Cluster && composed.Group == group
        && (topic is null || composed.Options.Topics.Any(read => TopicPattern.Overlap(read, topic))));

    /// <summary>As the consumer of this host names them that is of the group; else by group and topic.</summary>
    private FailureTopics NamesOf(string group) => Find(group) is { } consumer ? settings.Compose(consumer, [])!.Topics : new FailureTopics(group);

    private static void Check(RedriveRequest request)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(request.Topic, nameof(request));
        ArgumentException.ThrowIfNullOrWhiteSpace(request.Name, nameof(request));
        if (request is { Filter: { IsEmpty: false }, Name: RedriveRequest.DefaultName })
        {
            throw new ArgumentException(
                $"A run with a {nameof(request.Filter)} needs a {nameof(request.Name)} of its own: what it passes over would count as put back for the run '{RedriveRequest.DefaultName}'.", nameof(request));
        }

        if (request.Limit is < 1)
        {
            throw new ArgumentException($"{nameof(request.Limit)} is {request.Limit}: it must be at least 1, or null for none.", nameof(request));
        }

        if (request.MaxPerSecond is { } rate && !(rate >= 0.001 && double.IsFinite(rate)))
        {
            throw new ArgumentException($"{nameof(request.MaxPerSecond)} is {rate}: it must be at least 0.001, or null for no limit.", nameof(request));
        }

        if (request.CommitInterval < TimeSpan.FromMilliseconds(10) || request.CommitInterval > TimeSpan.FromMinutes(1))
        {
            throw new ArgumentException($"{nameof(request.CommitInterval)} is {request.CommitInterval}: it must be from 10 milliseconds to 1 minute.", nameof(request));
        }
    }
}

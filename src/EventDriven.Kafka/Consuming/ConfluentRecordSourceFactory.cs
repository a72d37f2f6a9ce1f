using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <summary>Makes record sources on Confluent.Kafka's consumer, with the settings that the engine stands on.</summary>
internal sealed partial class ConfluentRecordSourceFactory(ConsumerSettings settings, ILogger logger) : IRecordSourceFactory
{
    public IRecordSource Create(ConsumerGroupProtocol protocol)
    {
        var config = settings.CreateClientConfig();
        SetWhatTheEngineOwns(config);
        SetPrefetch(config);
        if (protocol == ConsumerGroupProtocol.Consumer)
        {
            SetConsumerProtocol(config);
        }
        else
        {
            config.GroupProtocol = GroupProtocol.Classic;
            config.PartitionAssignmentStrategy ??= PartitionAssignmentStrategy.CooperativeSticky;
        }

        try
        {
            return new ConfluentRecordSource(config, logger);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw new RecordSourceException(new SourceError(SourceErrorKind.Fatal, "InvalidConfiguration", exception.Message), exception);
        }
    }

    private void SetWhatTheEngineOwns(ConsumerConfig config)
    {
        var options = settings.Options;
        config.GroupId = options.Group;

        // The client commits in the background what is stored, and only we store: never on read (I3).
        config.EnableAutoCommit = true;
        config.EnableAutoOffsetStore = false;
        config.AutoCommitIntervalMs = (int)Math.Clamp(options.CommitInterval.TotalMilliseconds / 4, 10, 500);

        // Where to start is resolved by the engine; "latest" here would apply to every topic of the subscription.
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.EnablePartitionEof = true;
    }

    private void SetPrefetch(ConsumerConfig config)
    {
        var options = settings.Options;

        // The client's prefetch is part of the budget (I7); its default pause of a second caps a fast consumer at a third of what it can do.
        config.FetchQueueBackoffMs ??= 5;
        config.QueuedMaxMessagesKbytes ??= (int)Math.Clamp(options.MaxBufferedBytes / 1024, 1024, 2_097_151);
        config.QueuedMinMessages ??= Math.Clamp(options.MaxBufferedRecords, 1_000, 100_000);
    }

    private void SetConsumerProtocol(ConsumerConfig config)
    {
        config.GroupProtocol = GroupProtocol.Consumer;

        // With KIP-848 these belong to the broker or to the group's configuration, and the client refuses them.
        if (config.SessionTimeoutMs is not null || config.HeartbeatIntervalMs is not null || config.PartitionAssignmentStrategy is not null)
        {
            LogIgnored(settings.Name);
            config.SessionTimeoutMs = null;
            config.HeartbeatIntervalMs = null;
            config.PartitionAssignmentStrategy = null;
        }
    }

    [LoggerMessage(120, LogLevel.Warning, "Consumer '{Consumer}': session.timeout.ms, heartbeat.interval.ms and partition.assignment.strategy are not used with the group protocol of KIP-848; set them on the broker or in the group's configuration, or choose the classic protocol.")]
    private partial void LogIgnored(string consumer);
}

using Confluent.Kafka;
using EventDriven.Kafka.Configuration;
using EventDriven.Kafka.Security;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <summary>Makes record sources on Confluent.Kafka's consumer, with the settings that the engine stands on.</summary>
internal sealed partial class ConfluentRecordSourceFactory(ConsumerSettings settings, ILogger logger, TokenSources? tokens = null) : IRecordSourceFactory
{
    /// <summary>A switch of the application context: set to true, records are taken from the client one by one.</summary>
    internal const string OneByOneSwitch = "EventDriven.Kafka.ConsumeOneByOne";

    public IRecordSource Create(ConsumerGroupProtocol protocol)
    {
        var config = CreateConfig(protocol);
        try
        {
            var oneByOne = AppContext.TryGetSwitch(OneByOneSwitch, out var isOn) && isOn;
            return new ConfluentRecordSource(config, logger, tokens?.For(settings.Cluster, config), oneByOne);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or KafkaException)
        {
            throw new RecordSourceException(new SourceError(SourceErrorKind.Fatal, "InvalidConfiguration", exception.Message), exception);
        }
    }

    /// <summary>The settings of a client with this protocol.</summary>
    internal ConsumerConfig CreateConfig(ConsumerGroupProtocol protocol)
    {
        var config = new ConsumerConfig(new Dictionary<string, string>(WithoutForeign(settings.CreateClientConfig(), protocol), StringComparer.Ordinal));
        SetWhatTheEngineOwns(config);
        SetPrefetch(config);
        if (protocol == ConsumerGroupProtocol.Consumer)
        {
            config.GroupProtocol = GroupProtocol.Consumer;
        }
        else
        {
            config.GroupProtocol = GroupProtocol.Classic;
            config.PartitionAssignmentStrategy = settings.Options.ClassicAssignor switch
            {
                ClassicGroupAssignor.Range => PartitionAssignmentStrategy.Range,
                ClassicGroupAssignor.RoundRobin => PartitionAssignmentStrategy.RoundRobin,
                _ => PartitionAssignmentStrategy.CooperativeSticky,
            };
        }

        return config;
    }

    /// <summary>Leaves out what the protocol does not accept: where it is chosen by option that is an error at start, where the broker decides it is a warning.</summary>
    private IEnumerable<KeyValuePair<string, string>> WithoutForeign(ConsumerConfig config, ConsumerGroupProtocol protocol)
    {
        foreach (var setting in config)
        {
            if (GroupProtocolSettings.ReasonAgainst(setting.Key, protocol) is { } reason)
            {
                LogIgnored(settings.Name, setting.Key, reason);
            }
            else
            {
                yield return setting;
            }
        }
    }

    private void SetWhatTheEngineOwns(ConsumerConfig config)
    {
        var options = settings.Options;
        config.GroupId = options.Group;
        config.GroupInstanceId = options.InstanceId;

        // The client commits in the background what is stored, and only we store: never on read (I3).
        config.EnableAutoCommit = true;
        config.EnableAutoOffsetStore = false;
        config.AutoCommitIntervalMs = (int)Math.Clamp(options.CommitInterval.TotalMilliseconds / 4, 10, 500);

        if (settings.Transactions is not null)
        {
            // Positions are committed by the transactions that hold the output of their events, and by nothing else.
            config.EnableAutoCommit = false;
            config.IsolationLevel = IsolationLevel.ReadCommitted;
        }

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

    [LoggerMessage(120, LogLevel.Warning, "Consumer '{Consumer}': {Setting} is not used with the group protocol of this broker: it {Reason}")]
    private partial void LogIgnored(string consumer, string setting, string reason);
}

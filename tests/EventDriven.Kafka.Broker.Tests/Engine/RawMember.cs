using System.Collections.Concurrent;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests.Engine;

/// <summary>
/// A member of a group as services write it by hand on Confluent.Kafka: a Consume loop that notes each record and stores its offset. It tells of its partitions by
/// a callback, so that a test can wait for a rebalance.
/// </summary>
internal sealed class RawMember : IAsyncDisposable
{
    private readonly IConsumer<Ignore, Ignore> _consumer;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TopicPartition, bool> _partitions = new();
    private readonly TaskCompletionSource<Error> _fatal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RecordingPipeline _handled;
    private readonly Task _loop;
    private (int Count, TaskCompletionSource Reached)? _awaited;
    private bool _leaves = true;

    private RawMember(KafkaCluster kafka, string topic, string group, RecordingPipeline handled, Action<ConsumerConfig> configure)
    {
        _handled = handled;
        var config = new ConsumerConfig
        {
            BootstrapServers = kafka.BootstrapServers,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoOffsetStore = false,
            AutoCommitIntervalMs = 100,
        };
        configure(config);
        _consumer = new ConsumerBuilder<Ignore, Ignore>(config)
            .SetLogHandler(static (_, _) => { })
            .SetPartitionsAssignedHandler((_, assigned) => Change(() => assigned.ForEach(partition => _partitions.TryAdd(partition, true))))
            .SetPartitionsRevokedHandler((_, revoked) => Change(() => revoked.ForEach(partition => _partitions.TryRemove(partition.TopicPartition, out var _))))
            .Build();
        _consumer.Subscribe(topic);
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The error that has ended this client.</summary>
    public Task<Error> Fatal => _fatal.Task;

    public int Partitions => _partitions.Count;

    public static RawMember Start(KafkaCluster kafka, string topic, string group, RecordingPipeline handled, Action<ConsumerConfig> configure) =>
        new(kafka, topic, group, handled, configure);

    public static void Range(ConsumerConfig config) => Classic(config, PartitionAssignmentStrategy.Range);

    public static void CooperativeSticky(ConsumerConfig config) => Classic(config, PartitionAssignmentStrategy.CooperativeSticky);

    public static void Kip848(ConsumerConfig config) => config.GroupProtocol = GroupProtocol.Consumer;

    /// <summary>Waits until the member has so many partitions.</summary>
    public Task HasAsync(int partitions)
    {
        lock (_partitions)
        {
            if (_partitions.Count == partitions)
            {
                return Task.CompletedTask;
            }

            _awaited = (partitions, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return _awaited.Value.Reached.Task;
        }
    }

    /// <summary>Ends as a process that crashed: without a commit, without leaving the group.</summary>
    public ValueTask CrashAsync()
    {
        _leaves = false;
        return DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _loop;
        try
        {
            if (_leaves)
            {
                _consumer.Close();
            }
        }
        catch (KafkaException)
        {
            // It was fenced.
        }

        _consumer.Dispose();
    }

    private static void Classic(ConsumerConfig config, PartitionAssignmentStrategy assignor)
    {
        config.GroupProtocol = GroupProtocol.Classic;
        config.PartitionAssignmentStrategy = assignor;
        config.SessionTimeoutMs = 6_000;
        config.HeartbeatIntervalMs = 300;
    }

    private void Change(Action change)
    {
        lock (_partitions)
        {
            change();
            if (_awaited is { } awaited && awaited.Count == _partitions.Count)
            {
                awaited.Reached.TrySetResult();
            }
        }
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (_consumer.Consume(TimeSpan.FromMilliseconds(50)) is { } record)
                {
                    _handled.Note(record.Partition.Value, record.Offset.Value);
                    _consumer.StoreOffset(record);
                }
            }
            catch (ConsumeException exception) when (exception.Error.IsFatal)
            {
                _fatal.TrySetResult(exception.Error);
                return;
            }
            catch (KafkaException)
            {
                // The client goes on by itself.
            }
        }
    }
}

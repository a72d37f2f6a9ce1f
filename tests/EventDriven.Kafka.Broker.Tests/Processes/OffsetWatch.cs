using System.Collections.Concurrent;
using Confluent.Kafka;
using EventDriven.Kafka.Broker.Tests.Cluster;

namespace EventDriven.Kafka.Broker.Tests.Processes;

/// <summary>Asks for the committed offsets of a group again and again, and notes where one goes back.</summary>
internal sealed class OffsetWatch : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly ConcurrentQueue<string> _setBack = new();
    private readonly List<(long Sum, TaskCompletionSource Reached)> _waiting = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private long _sum;

    public OffsetWatch(KafkaCluster kafka, string topic, string group, int partitions) =>
        _watching = Task.Factory.StartNew(() => Watch(kafka, topic, group, partitions), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>What has gone back.</summary>
    public IReadOnlyCollection<string> SetBack => _setBack;

    /// <summary>Waits until the offsets of all partitions make a sum.</summary>
    public Task UntilAsync(long sum)
    {
        lock (_waiting)
        {
            if (_sum == sum) return Task.CompletedTask;

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((sum, reached));
            return reached.Task;
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _watching.Wait();
        _stop.Dispose();
    }

    private void Watch(KafkaCluster kafka, string topic, string group, int partitions)
    {
        using var client = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = group, EnableAutoCommit = false })
            .SetLogHandler(static (_, _) => { }).Build();
        TopicPartition[] places = [.. Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topic, partition))];
        var last = new Dictionary<TopicPartition, long>();
        while (!_stop.IsCancellationRequested)
        {
            foreach (var (place, offset) in client.Committed(places, s_timeout).Select(static one => (one.TopicPartition, one.Offset.IsSpecial ? 0 : one.Offset.Value)))
            {
                if (last.TryGetValue(place, out var before) && offset < before) _setBack.Enqueue($"{place}: {before} to {offset}");

                last[place] = offset;
            }

            lock (_waiting)
            {
                _sum = last.Values.Sum();
                foreach (var (_, reached) in _waiting.Where(waiting => waiting.Sum == _sum)) reached.TrySetResult();
            }
        }
    }
}

using System.Diagnostics;
using Confluent.Kafka;
using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Offsets;
using EventDriven.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventDriven.Kafka.Tests.Consuming;

/// <summary>A record source on brokers in this process, polled by the test, and a listener that notes what it is told.</summary>
internal sealed class SourceBench : IRecordListener, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    public SourceBench(EmbeddedKafka kafka, bool oneByOne, params string[] topics)
        : this(kafka, oneByOne, static _ => { }, topics)
    {
    }

    public SourceBench(EmbeddedKafka kafka, bool oneByOne, Action<ConsumerConfig> configure, params string[] topics)
    {
        var config = new ConsumerConfig(kafka.ConsumerSettings.ToDictionary())
        {
            GroupId = "inventory",
            GroupProtocol = GroupProtocol.Consumer,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            FetchQueueBackoffMs = 5,
        };
        configure(config);
        Source = new ConfluentRecordSource(config, NullLogger.Instance, oneByOne: oneByOne);
        Source.Subscribe(topics);
    }

    public ConfluentRecordSource Source { get; }

    public List<ConsumedRecord> Records { get; } = [];

    public List<(PartitionId Partition, long Offset)> Ends { get; } = [];

    /// <summary>How often partitions were lost.</summary>
    public int Losses { get; private set; }

    public List<SourceError> Errors { get; } = [];

    public IEnumerable<long> Offsets => Records.Select(static record => record.Offset);

    /// <summary>Asked for each record whether there is room for more.</summary>
    public Func<ConsumedRecord, bool> HasRoom { get; set; } = static _ => true;

    public void Poll(int maxRecords = 256) => Source.Poll(this, maxRecords, Turn);

    public void PollUntil(Func<bool> condition, int maxRecords = 256)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"{Records.Count} records, {Ends.Count} ends, {string.Join("; ", Errors)}");
            Poll(maxRecords);
        }
    }

    public void Dispose()
    {
        Source.Close();
        Source.Dispose();
    }

    bool IRecordListener.OnRecord(in ConsumedRecord record)
    {
        Records.Add(record);
        return HasRoom(record);
    }

    void IRecordListener.OnEndOfPartition(PartitionId partition, long offset) => Ends.Add((partition, offset));

    void IRecordListener.OnAssigned(IReadOnlyCollection<PartitionId> partitions)
    {
    }

    void IRecordListener.OnRevoked(IReadOnlyCollection<PartitionId> partitions)
    {
    }

    void IRecordListener.OnLost(IReadOnlyCollection<PartitionId> partitions) => Losses++;

    void IRecordListener.OnCommitted(PartitionId partition, Position position, SourceError? error)
    {
    }

    void IRecordListener.OnError(SourceError error) => Errors.Add(error);
}

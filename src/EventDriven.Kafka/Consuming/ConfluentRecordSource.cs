using System.Diagnostics;
using Confluent.Kafka;
using EventDriven.Kafka.Offsets;
using EventDriven.Kafka.Security;
using EventDriven.Kafka.Transactions;
using Microsoft.Extensions.Logging;

namespace EventDriven.Kafka.Consuming;

/// <summary>A record source on Confluent.Kafka's consumer: it waits in <c>Consume</c>, and takes what else is there in one batch.</summary>
internal sealed partial class ConfluentRecordSource : IRecordSource, ITransactionalGroup
{
    private const int MaxBatch = 256;

    /// <summary>How soon it is noticed that the group has let the client go, in milliseconds.</summary>
    private const int LeaveWait = 10;

    /// <summary>How long the answer to a request for an id may take, for a member that has none.</summary>
    private static readonly TimeSpan LongestRequest = TimeSpan.FromMilliseconds(250);

    /// <summary>How long the group may take to let the client go. The client's own close has such a limit too.</summary>
    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(5);

    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly ILogger _logger;
    private readonly object _sideCallGate = new();
    private readonly bool _consumerProtocol;
    private readonly bool _isStatic;
    private readonly string _group;
    private readonly ClientTokens? _tokens;
    private readonly HashSet<PartitionId> _paused = [];
    private IRecordListener? _listener;
    private bool _rebalanced;
    private bool _isTakenIn;
    private int _owned;
    private bool _closing;
    private int _sideCalls;

    /// <param name="config">The client's settings.</param>
    /// <param name="logger">What the client says goes there.</param>
    /// <param name="tokens">Where it gets its tokens from; null where it needs none.</param>
    /// <param name="oneByOne">Whether to take records through the managed client alone.</param>
    public ConfluentRecordSource(ConsumerConfig config, ILogger logger, TokenSource? tokens = null, bool oneByOne = false)
    {
        _logger = logger;
        _group = config.GroupId;
        _tokens = tokens is null ? null : new ClientTokens(tokens);
        _consumerProtocol = config.GroupProtocol == GroupProtocol.Consumer;
        _isStatic = !string.IsNullOrEmpty(config.GroupInstanceId);
        CanBeginAgain = _consumerProtocol || config.PartitionAssignmentStrategy is PartitionAssignmentStrategy.CooperativeSticky;

        // All handlers run inside Consume or Close, on the thread that calls it; only the log comes from the client's own threads.
        var builder = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetPartitionsAssignedHandler((_, partitions) =>
            {
                _rebalanced = _isTakenIn = true;
                _owned += partitions.Count;
                _listener?.OnAssigned(partitions.ConvertAll(ToId));
            })
            .SetPartitionsRevokedHandler((_, partitions) =>
            {
                NoteGone(partitions);
                _listener?.OnRevoked(partitions.ConvertAll(partition => ToId(partition.TopicPartition)));
                EndPauses(partitions);
            })
            .SetPartitionsLostHandler((_, partitions) =>
            {
                NoteGone(partitions);
                _listener?.OnLost(partitions.ConvertAll(partition => ToId(partition.TopicPartition)));
                EndPauses(partitions);
            })
            .SetOffsetsCommittedHandler((_, committed) => OnCommitted(committed))
            .SetErrorHandler((_, error) => OnError(error))
            .SetLogHandler((_, message) => LogClient(message.Facility, message.Message));
        if (_tokens is { } ofClient) builder.SetOAuthBearerTokenRefreshHandler((client, _) => ofClient.Refresh(client));
        _consumer = builder.Build();
        if (!oneByOne && !ClientQueue.TryOpen(_consumer.Handle, MaxBatch, out _queue, out var reason))
        {
            LogOneByOne(reason);
        }
    }

    public bool RefusesCommitsInRebalance => !_consumerProtocol;

    public bool CanBeginAgain { get; }

    /// <summary>A static member leaves no group when it is closed, by intention.</summary>
    public bool IsJoining => !_consumerProtocol && !_isStatic && !_isTakenIn && _owned == 0 && !string.IsNullOrEmpty(_consumer.MemberId);

    public void Subscribe(IReadOnlyCollection<string> topics)
    {
        try
        {
            if (topics.Count == 0)
            {
                _consumer.Unsubscribe();
            }
            else
            {
                _consumer.Subscribe(topics);
            }
        }
        catch (KafkaException exception)
        {
            // The client has failed for good, which it tells at the next poll too.
            LogSubscribeFailed(exception.Error.Code.ToString(), exception.Error.Reason);
        }
    }

    public void Poll(IRecordListener listener, int maxRecords, TimeSpan timeout)
    {
        _listener = listener;
        _rebalanced = false;
        if (!HandOverNext(listener, (int)timeout.TotalMilliseconds))
        {
            return;
        }

        if (_queue is not null)
        {
            if (maxRecords > 1 && !_rebalanced) HandOverBatch(listener, _queue, maxRecords - 1);
            return;
        }

        for (var left = maxRecords - 1; left > 0 && !_rebalanced; left--)
        {
            if (!HandOverNext(listener, wait: 0))
            {
                return;
            }
        }
    }

    /// <summary>Waits for one record or event, and hands it over.</summary>
    /// <returns>False where there is none, or no room for another.</returns>
    private bool HandOverNext(IRecordListener listener, int wait)
    {
        ConsumeResult<byte[]?, byte[]?>? result;
        try
        {
            result = _consumer.Consume(wait);
        }
        catch (ConsumeException exception)
        {
            listener.OnError(ToSourceError(exception.Error, exception.ConsumerRecord?.Topic));
            return false;
        }

        if (result is null)
        {
            return false;
        }

        if (result.IsPartitionEOF)
        {
            listener.OnEndOfPartition(ToId(result.TopicPartition), result.Offset.Value);
            return true;
        }

        var message = result.Message;
        var headers = message.Headers is { Count: > 0 } some ? some : null;
        return listener.OnRecord(new ConsumedRecord
        {
            Topic = result.Topic,
            Partition = result.Partition.Value,
            Offset = result.Offset.Value,
            LeaderEpoch = result.LeaderEpoch ?? -1,
            TimestampMs = message.Timestamp.Type == TimestampType.NotAvailable ? -1 : message.Timestamp.UnixTimestampMs,
            Key = message.Key,
            Value = message.Value,
            Headers = headers,
            HeaderBytes = headers is null ? 0 : WeighHeaders(headers),
        });
    }

    /// <summary>Somebody else may have written large ones: they count against the budget (I7).</summary>
    internal static int WeighHeaders(Headers headers)
    {
        long bytes = 0;
        for (var i = 0; i < headers.Count; i++)
        {
            bytes += ConsumedRecord.HeaderOverhead + (headers[i].Key.Length * sizeof(char)) + (headers[i].GetValueBytes()?.Length ?? 0);
        }

        return (int)Math.Min(bytes, int.MaxValue / 2);
    }

    public void Idle(TimeSpan time)
    {
#pragma warning disable RS0030 // The poll thread is a thread of its own and has nothing else to do; whatever would wake it is looked at in its next turn.
        Thread.Sleep(time);
#pragma warning restore RS0030
    }

    public bool TryStore(PartitionId partition, Position position)
    {
        try
        {
            _consumer.StoreOffset(ToClient(partition, position));
            return true;
        }
        catch (KafkaException exception)
        {
            LogRefused("store", partition.Topic, partition.Partition, exception.Error.Reason);
            return false;
        }
    }

    public long? GetLogStart(PartitionId partition) => GetWatermarks(partition) is { Low.IsSpecial: false } marks ? marks.Low.Value : null;

    public long? GetLogEnd(PartitionId partition) => GetWatermarks(partition) is { High.IsSpecial: false } marks ? marks.High.Value : null;

    public void Close()
    {
        lock (_sideCallGate)
        {
            _closing = true;

            // The client must not go away under a call that runs beside the poll thread; each of those has a time limit of its own.
            while (_sideCalls > 0)
            {
                Monitor.Wait(_sideCallGate);
            }
        }

        try
        {
            if (!_consumerProtocol && !_isStatic && _owned == 0)
            {
                LeaveWithNothing();
            }

            _consumer.Close();
        }
        catch (KafkaException exception)
        {
            // A fenced or fatally failed member can't leave its group: it has no place in it any more.
            LogCloseFailed(exception.Error.Code.ToString(), exception.Error.Reason);
        }
    }

    /// <summary>
    /// In the classic protocol the client does not tell the group that it is closed where it owns nothing: the next rebalance would wait for it until its session times out.
    /// Where it gives up its subscription before, it does. A static member is not to leave.
    /// </summary>
    private void LeaveWithNothing()
    {
        // The loop has ended: there is nobody left to tell.
        _listener = null;

        // The group also waits for one to whom it has given an id, whose request may be on its way; nothing says whether there is one.
        Serve(() => string.IsNullOrEmpty(_consumer.MemberId), LongestRequest);
        _consumer.Unsubscribe();
        Serve(() => !string.IsNullOrEmpty(_consumer.MemberId), LongestLeave);
    }

    /// <summary>Serves the client's handlers while it is to go on, for some time by the machine's clock: the client and the group go by that, whatever the host's says.</summary>
    private void Serve(Func<bool> isToGoOn, TimeSpan longest)
    {
        for (var since = Stopwatch.GetTimestamp(); isToGoOn() && Stopwatch.GetElapsedTime(since) < longest;)
        {
            try
            {
                _consumer.Consume(LeaveWait);
            }
            catch (ConsumeException exception)
            {
                LogWhileLeaving(exception.Error.Code.ToString(), exception.Error.Reason);
            }
        }
    }

    public void Dispose()
    {
        _tokens?.Close();
        _queue?.Dispose();
        _consumer.Dispose();
    }

    private void NoteGone(List<TopicPartitionOffset> partitions)
    {
        _rebalanced = true;
        _isTakenIn = false;
        _owned -= partitions.Count;
    }

    private WatermarkOffsets? GetWatermarks(PartitionId partition)
    {
        try
        {
            return _consumer.GetWatermarkOffsets(ToClient(partition));
        }
        catch (KafkaException)
        {
            // Not fetched yet: nothing is known.
            return null;
        }
    }

    private void OnCommitted(CommittedOffsets committed)
    {
        foreach (var offset in committed.Offsets)
        {
            // A commit of nothing reports partitions without an offset.
            if (offset.Offset.IsSpecial)
            {
                continue;
            }

            var error = offset.Error.IsError ? offset.Error : committed.Error.IsError ? committed.Error : null;
            _listener?.OnCommitted(
                ToId(offset.TopicPartition), new Position(offset.Offset.Value, offset.LeaderEpoch ?? -1), error is null ? null : ToSourceError(error));
        }
    }

    private static PartitionId ToId(TopicPartition partition) => new(partition.Topic, partition.Partition.Value);

    private static TopicPartition ToClient(PartitionId partition) => new(partition.Topic, new Partition(partition.Partition));

    private static TopicPartitionOffset ToClient(PartitionId partition, Position position) =>
        new(ToClient(partition), position.Offset, position.LeaderEpoch < 0 ? null : position.LeaderEpoch);

    [LoggerMessage(130, LogLevel.Debug, "Kafka client, {Facility}: {Text}")]
    private partial void LogClient(string facility, string text);

    [LoggerMessage(131, LogLevel.Debug, "The Kafka client refused to {Call} {Topic}[{Partition}]: {Reason}")]
    private partial void LogRefused(string call, string topic, int partition, string reason);

    [LoggerMessage(134, LogLevel.Information, "Records are taken from the Kafka client one by one, which is slower than in batches: {Reason}")]
    private partial void LogOneByOne(string reason);

    [LoggerMessage(133, LogLevel.Warning, "The Kafka client could not subscribe: {Code}, {Reason}")]
    private partial void LogSubscribeFailed(string code, string reason);

    [LoggerMessage(135, LogLevel.Debug, "The Kafka client, while it leaves its group: {Code}, {Reason}")]
    private partial void LogWhileLeaving(string code, string reason);

    [LoggerMessage(132, LogLevel.Warning, "The Kafka client could not leave its group cleanly: {Code}, {Reason}")]
    private partial void LogCloseFailed(string code, string reason);
}

using Confluent.Kafka;
using EventDriven.Kafka.Offsets;

namespace EventDriven.Kafka.Consuming;

/// <content>What is asked of the brokers beside the poll thread: each request blocks a thread of its own, and has a time limit.</content>
internal sealed partial class ConfluentRecordSource
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A question for the committed positions is part of the wait for their answer, so that a stop need not wait for all of it.</summary>
    private static readonly TimeSpan CommittedTimeout = TimeSpan.FromSeconds(2);

    public Task<IReadOnlyDictionary<string, int>> ListTopicsAsync() => RunBesideAsync<IReadOnlyDictionary<string, int>>(() =>
    {
        // All topics, never one by name: asking for a missing topic creates it on some brokers.
        using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        return admin.GetMetadata(RequestTimeout).Topics
            .Where(static topic => topic.Error.Code != ErrorCode.UnknownTopicOrPart)
            .ToDictionary(static topic => topic.Topic, static topic => topic.Partitions.Count, StringComparer.Ordinal);
    });

    public Task<IReadOnlyList<StartingPoint>> LookUpAsync(
        IReadOnlyCollection<KeyValuePair<PartitionId, StartRule>> partitions, CancellationToken cancellationToken) =>
        RunBesideAsync<IReadOnlyList<StartingPoint>>(() => LookUp(partitions));

    public Task<(long Oldest, long End)> LookUpBoundsAsync(PartitionId partition) => RunBesideAsync(() => QueryBounds(ToClient(partition)));

    public Task CommitAsync(IReadOnlyCollection<KeyValuePair<PartitionId, Position>> positions) => RunBesideAsync(() =>
    {
        _consumer.Commit(positions.Select(entry => ToClient(entry.Key, entry.Value)));
        return true;
    });

    public IConsumerGroupMetadata? GetGroupMetadata()
    {
        lock (_sideCallGate)
        {
            if (_closing)
            {
                return null;
            }

            _sideCalls++;
        }

        try
        {
            // In this order: a member that was thrown out in between has no id, or has taken another only after its partitions were fenced.
            var metadata = _consumer.ConsumerGroupMetadata;
            return string.IsNullOrEmpty(_consumer.MemberId) ? null : metadata;
        }
        catch (KafkaException)
        {
            // The client has failed for good, which it tells at the next poll.
            return null;
        }
        finally
        {
            EndSideCall();
        }
    }

    private void EndSideCall()
    {
        lock (_sideCallGate)
        {
            _sideCalls--;
            Monitor.PulseAll(_sideCallGate);
        }
    }

    private List<StartingPoint> LookUp(IReadOnlyCollection<KeyValuePair<PartitionId, StartRule>> partitions)
    {
        var rules = partitions.ToDictionary();
        var committed = LookUpCommitted([.. rules.Keys.Select(ToClient)]);
        var points = new List<StartingPoint>(committed.Count);
        foreach (var offset in committed)
        {
            var id = ToId(offset.TopicPartition);
            Position? known = offset.Offset.IsSpecial ? null : new Position(offset.Offset.Value, offset.LeaderEpoch ?? -1);
            points.Add(new StartingPoint(id, known, known is not null || rules[id].IsOldest ? null : FindStart(offset.TopicPartition, rules[id])));
        }

        return points;
    }

    /// <summary>
    /// Asks again and again, within the time limit: while a transaction holds a position, which may last until its timeout, the client waits for it inside of the call, and can't be closed.
    /// </summary>
    private List<TopicPartitionOffset> LookUpCommitted(TopicPartition[] partitions)
    {
        for (var left = RequestTimeout - CommittedTimeout; ; left -= CommittedTimeout)
        {
            try
            {
                return _consumer.Committed(partitions, CommittedTimeout);
            }
            catch (KafkaException exception) when (exception.Error.Code == ErrorCode.Local_TimedOut && left > TimeSpan.Zero && !Volatile.Read(ref _closing))
            {
                // No answer yet.
            }
        }
    }

    private long FindStart(TopicPartition partition, StartRule rule)
    {
        if (rule.Offset is { } offset)
        {
            var (oldest, end) = QueryBounds(partition);
            return Math.Clamp(offset, oldest, end);
        }

        if (rule.Timestamp is { } time)
        {
            var found = _consumer.OffsetsForTimes(
                [new TopicPartitionTimestamp(partition, new Timestamp(time.ToUnixTimeMilliseconds(), TimestampType.CreateTime))], RequestTimeout)[0].Offset;
            if (!found.IsSpecial)
            {
                return found.Value;
            }
        }

        return QueryBounds(partition).End;
    }

    private (long Oldest, long End) QueryBounds(TopicPartition partition)
    {
        var bounds = _consumer.QueryWatermarkOffsets(partition, RequestTimeout);
        return (bounds.Low.Value, bounds.High.Value);
    }

    private Task<T> RunBesideAsync<T>(Func<T> call)
    {
        lock (_sideCallGate)
        {
            if (_closing)
            {
                return Task.FromCanceled<T>(new CancellationToken(canceled: true));
            }

            _sideCalls++;
        }

        return Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return call();
                }
                catch (KafkaException exception)
                {
                    throw new RecordSourceException(ToSourceError(exception.Error), exception);
                }
                finally
                {
                    EndSideCall();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);
    }
}

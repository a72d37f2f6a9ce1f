using Confluent.Kafka;
using EventDriven.Kafka.Failures;

namespace EventDriven.Kafka.DeadLetters;

/// <summary>One run that puts dead letters back: a member of the run's own group, which reads, writes, waits for acknowledgements, and only then commits.</summary>
internal sealed class RedriveRun
{
    /// <summary>Records taken at a time: enough to be fast, few enough that a commit never waits long.</summary>
    private const int Page = 500;

    /// <summary>Timers are no finer than a hundredth of a second.</summary>
    private const int CoarsestTimer = 100;

    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    private readonly DeadLetterClients _clients;
    private readonly RedriveRequest _request;
    private readonly RedriveWriter _writer;
    private readonly TimeProvider _time;
    private readonly IProgress<RedriveResult>? _progress;
    private readonly Dictionary<int, long> _ends;
    private readonly Dictionary<int, long> _positions = [];
    private readonly List<(int Partition, long Offset, Task Written)> _writing = [];
    private readonly HashSet<int> _assigned = [];
    private bool _rebalanced;
    private DeadLetterException? _failedInRevocation;
    private long _redriven;
    private long _passedOver;
    private long _lastCommit;
    private long _next;

    public RedriveRun(
        DeadLetterClients clients, RedriveRequest request, RedriveWriter writer, IReadOnlyList<PartitionBounds> bounds, TimeProvider time, IProgress<RedriveResult>? progress)
    {
        _clients = clients;
        _request = request;
        _writer = writer;
        _time = time;
        _progress = progress;
        _ends = bounds.ToDictionary(static partition => partition.Partition, static partition => partition.End);
    }

    private string Group => $"{_request.Topic}{DerivedTopics.Separator}redrive-{_request.Name}";

    private bool IsLimited => _redriven >= (_request.Limit ?? long.MaxValue);

    public async Task<RedriveResult> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(GroupProtocol.Consumer, cancellationToken).ConfigureAwait(false);
        }
        catch (DeadLetterException refused) when (refused.InnerException is KafkaException { Error.Code: ErrorCode.UnsupportedVersion or ErrorCode.Local_UnsupportedFeature })
        {
            // Brokers before 4.0 have the classic protocol only. Nothing has been read.
            return await RunAsync(GroupProtocol.Classic, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<RedriveResult> RunAsync(GroupProtocol protocol, CancellationToken cancellationToken)
    {
        var client = _clients.CreateConsumer(
            Group,
            builder => builder
                .SetPartitionsAssignedHandler((_, partitions) => OnAssigned(partitions))
                .SetPartitionsRevokedHandler((consumer, partitions) => OnRevoked(consumer, partitions))
                .SetPartitionsLostHandler((_, partitions) => Forget(partitions)),
            protocol);
        await using (client.ConfigureAwait(false))
        {
            var consumer = client.Client;
            await LookUpAsync(consumer, cancellationToken).ConfigureAwait(false);
            Begin(consumer);
            _lastCommit = _time.GetTimestamp();
            try
            {
                while (!IsComplete && !IsLimited)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await TurnAsync(consumer, cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                // Whatever ends the run: what was written is committed, so that it is not written again.
                try
                {
                    await CommitAsync(consumer).ConfigureAwait(false);
                }
                finally
                {
                    await Task.Run(() => Leave(consumer), CancellationToken.None).ConfigureAwait(false);
                }
            }

            var result = Result();
            _progress?.Report(result);
            return result;
        }
    }

    /// <summary>A dry run is no member of the group: it takes nothing away from a run that writes.</summary>
    private void Begin(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (!_request.DryRun)
        {
            consumer.Subscribe(_request.Topic);
            return;
        }

        _assigned.UnionWith(_ends.Keys);
        consumer.Assign(_ends.Keys.Select(partition => new TopicPartitionOffset(_request.Topic, partition, _positions.TryGetValue(partition, out var position) ? position : Offset.Beginning)));
    }

    private bool IsComplete => _ends.All(end => _positions.GetValueOrDefault(end.Key) >= end.Value);

    private async Task TurnAsync(IConsumer<byte[]?, byte[]?> consumer, CancellationToken cancellationToken)
    {
        var page = await DeadLetterTopic.AskAsync(_clients, _request.Topic, () => Take(consumer), CancellationToken.None).ConfigureAwait(false);
        if (_failedInRevocation is { } failed)
        {
            // Behind what was not put back nothing may be, on a partition that is still ours: its position would pass it.
            throw failed;
        }

        foreach (var record in page)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await PutBackAsync(record, cancellationToken).ConfigureAwait(false);
            if (_time.GetElapsedTime(_lastCommit) >= _request.CommitInterval)
            {
                await CommitAsync(consumer).ConfigureAwait(false);
                _progress?.Report(Result());
            }

            if (IsLimited)
            {
                // What was taken beyond the limit is left to the next run, from the commit on.
                return;
            }
        }

        if (page.Count == 0)
        {
            // Another member of the run may have done the rest.
            await CommitAsync(consumer).ConfigureAwait(false);
            await LookUpAsync(consumer, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CommitAsync(IConsumer<byte[]?, byte[]?> consumer)
    {
        _lastCommit = _time.GetTimestamp();
        await DeadLetterTopic.AskAsync(_clients, _request.Topic, () => Commit(consumer), CancellationToken.None).ConfigureAwait(false);
    }

    private async Task PutBackAsync(ConsumeResult<byte[]?, byte[]?> record, CancellationToken cancellationToken)
    {
        var partition = record.Partition.Value;
        var end = _ends.GetValueOrDefault(partition);
        if (record.IsPartitionEOF || record.Offset.Value >= end)
        {
            // Nothing is left below: markers, and what was compacted away, hold nothing to put back. What came after the run had begun is left to the next.
            _writing.Add((partition, Math.Min(record.Offset.Value, end) - 1, Task.CompletedTask));
            return;
        }

        var letter = DeadLetterReader.Read(record);
        if (_request.Filter?.Takes(letter) == false)
        {
            _passedOver++;
            _writing.Add((partition, record.Offset.Value, Task.CompletedTask));
            return;
        }

        await PaceAsync(cancellationToken).ConfigureAwait(false);
        var destination = await _writer.FindAsync(letter, cancellationToken).ConfigureAwait(false);
        _writing.Add((partition, record.Offset.Value, _request.DryRun ? Task.CompletedTask : _writer.WriteAsync(letter, record.Message, destination)));
        _redriven++;
    }

    /// <summary>Waits until the next may be put back.</summary>
    private Task PaceAsync(CancellationToken cancellationToken)
    {
        if (_request.MaxPerSecond is not { } rate)
        {
            return Task.CompletedTask;
        }

        // What was not put back while there was nothing to read is not made up for, but for what a timer is too coarse for.
        var now = _time.GetTimestamp();
        var due = Math.Max(_next, now - (_time.TimestampFrequency / CoarsestTimer));
        _next = due + (long)(_time.TimestampFrequency / rate);
        return due > now ? Task.Delay(_time.GetElapsedTime(now, due), _time, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Takes what is there, on a thread of the pool; ends at a rebalance, so that nothing of a partition that has gone is left over.</summary>
    private List<ConsumeResult<byte[]?, byte[]?>> Take(IConsumer<byte[]?, byte[]?> consumer)
    {
        var page = new List<ConsumeResult<byte[]?, byte[]?>>();
        _rebalanced = false;
        while (page.Count < Page && consumer.Consume(page.Count == 0 ? PollTime : TimeSpan.Zero) is { } record)
        {
            page.Add(record);
            if (_rebalanced)
            {
                break;
            }
        }

        page.RemoveAll(record => !_assigned.Contains(record.Partition.Value));
        return page;
    }

    /// <summary>Waits for the acknowledgements, and has the client commit up to the first that did not come.</summary>
    /// <exception cref="DeadLetterException">One did not.</exception>
    private bool Commit(IConsumer<byte[]?, byte[]?> consumer)
    {
        DeadLetterException? failed = null;
        var stopped = new HashSet<int>();
        foreach (var (partition, offset, written) in _writing)
        {
            try
            {
                // Waited for rather than awaited: a revocation, which is told of by a callback of the client, commits too before it lets the partition go.
                written.GetAwaiter().GetResult();
            }
            catch (EventProduceException refused)
            {
                failed ??= new DeadLetterException(
                    $"The dead letter at {_request.Topic}[{partition}]@{offset} was not put back: {refused.Message} What was put back before it is committed; the run goes on there when it is started again.", refused);
                stopped.Add(partition);
            }
            catch (DeadLetterException refused)
            {
                failed ??= refused;
                stopped.Add(partition);
            }

            if (!stopped.Contains(partition))
            {
                _positions[partition] = Math.Max(_positions.GetValueOrDefault(partition), offset + 1);
            }
        }

        _writing.Clear();
        if (!_request.DryRun)
        {
            foreach (var partition in _assigned.Where(_positions.ContainsKey))
            {
                try
                {
                    consumer.StoreOffset(new TopicPartitionOffset(_request.Topic, partition, _positions[partition]));
                }
                catch (KafkaException)
                {
                    // It is not ours any more, or the client is being closed: what was not committed before is put back again.
                }
            }
        }

        (failed, _failedInRevocation) = (failed ?? _failedInRevocation, null);
        return failed is null ? true : throw failed;
    }

    /// <summary>
    /// Has the client commit and give its partitions back while it serves its handlers as usual: inside of its close it was seen to end the process, by a handler that came when
    /// the client held nothing any more.
    /// </summary>
    private void Leave(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (_request.DryRun)
        {
            return;
        }

        try
        {
            consumer.Unsubscribe();

            // By the machine's clock, as the client's close: the host's may stand still.
            for (var since = TimeProvider.System.GetTimestamp(); _assigned.Count > 0 && TimeProvider.System.GetElapsedTime(since) < DeadLetterClients.LongestClose;)
            {
                consumer.Consume(PollTime);
            }
        }
        catch (KafkaException)
        {
            // It is closed all the same.
        }
    }

    /// <summary>Asks where the run stands, also on partitions that another of its members has.</summary>
    private async Task LookUpAsync(IConsumer<byte[]?, byte[]?> consumer, CancellationToken cancellationToken)
    {
        if (_request.DryRun && _assigned.Count > 0)
        {
            return;
        }

        var committed = await DeadLetterTopic.AskAsync(
            _clients, _request.Topic,
            () => consumer.Committed(_ends.Keys.Select(partition => new TopicPartition(_request.Topic, partition)), DeadLetterClients.Timeout), cancellationToken).ConfigureAwait(false);
        foreach (var position in committed)
        {
            if (!position.Offset.IsSpecial)
            {
                _positions[position.Partition.Value] = Math.Max(_positions.GetValueOrDefault(position.Partition.Value), position.Offset.Value);
            }
        }
    }

    private void OnAssigned(List<TopicPartition> partitions)
    {
        _rebalanced = true;
        _assigned.UnionWith(partitions.Select(static partition => partition.Partition.Value));
    }

    private void OnRevoked(IConsumer<byte[]?, byte[]?> consumer, List<TopicPartitionOffset> partitions)
    {
        try
        {
            Commit(consumer);
        }
        catch (DeadLetterException failed)
        {
            // The process would end where something leaves a handler of a client that is being closed.
            _failedInRevocation = failed;
        }
        finally
        {
            Forget(partitions);
        }
    }

    private void Forget(List<TopicPartitionOffset> partitions)
    {
        _rebalanced = true;
        _assigned.ExceptWith(partitions.Select(static partition => partition.Partition.Value));
    }

    private RedriveResult Result() => new()
    {
        Redriven = _redriven,
        PassedOver = _passedOver,
        Left = _ends.Sum(end => Math.Max(0, end.Value - _positions.GetValueOrDefault(end.Key))),
        IsComplete = IsComplete,
    };
}

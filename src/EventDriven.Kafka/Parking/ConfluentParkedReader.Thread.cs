using Confluent.Kafka;
using EventDriven.Kafka.Consuming;

namespace EventDriven.Kafka.Parking;

/// <content>
/// The thread. Only it calls the client in ways that change what the client reads: the client lets nothing from before such a change come after it, and nothing of
/// it can be in the hands of another thread.
/// </content>
internal sealed partial class ConfluentParkedReader
{
    private static readonly TimeSpan BoundsTimeout = TimeSpan.FromSeconds(10);

    private readonly List<(ConfluentParkedPosition Position, Change Change, long Offset)> _changes = [];

    private enum Change
    {
        None,
        Leave,
        Set,
        Pause,
        Resume,
    }

    private void Run()
    {
        try
        {
            var pausesIdle = false;
            while (FollowOrders(pausesIdle, out var isAwaited, out var isFull))
            {
                pausesIdle = false;
                if (isFull)
                {
                    // Nobody is held up. Who takes what is ready soon finds what the client has behind it, which a pause would throw away.
                    pausesIdle = !WaitForOrders(IdleSlice);
                }
                else if (!ConsumeBurst(isAwaited ? Slice : TimeSpan.Zero) && !isAwaited)
                {
                    WaitForOrders(IdleSlice);
                }

                AnswerAll();
            }
        }
#pragma warning disable CA1031 // Who waits for a read must learn that the thread is gone.
        catch (Exception unforeseen)
#pragma warning restore CA1031
        {
            LogFailed(unforeseen, _consumer);
            lock (_gate)
            {
                _failure = unforeseen;
                EndReads();
            }
        }

        _tokens?.Close();
        _client.Dispose();
        _ended.TrySetResult();
    }

    /// <returns>Whether there are any.</returns>
    private bool WaitForOrders(TimeSpan time)
    {
        lock (_gate)
        {
            return _ordered || Monitor.Wait(_gate, time);
        }
    }

    /// <summary>Sets the client to what is asked of it.</summary>
    /// <param name="pausesIdle">Whether what is full is to be paused also where it holds up nobody.</param>
    /// <param name="isAwaited">Whether somebody waits for a record.</param>
    /// <param name="isFull">Whether nobody does, and there is no room for more of a log that is not paused.</param>
    /// <returns>False where the thread is to end.</returns>
    private bool FollowOrders(bool pausesIdle, out bool isAwaited, out bool isFull)
    {
        isAwaited = false;
        isFull = false;
        _changes.Clear();
        lock (_gate)
        {
            _ordered = false;
            foreach (var position in _positions)
            {
                isAwaited |= position.Read is { Task.IsCompleted: false };
            }

            foreach (var position in _positions)
            {
                var change = ChangeOf(position);
                if (change == Change.Pause && !isAwaited && !pausesIdle)
                {
                    isFull = true;
                }
                else if (change != Change.None)
                {
                    _changes.Add((position, change, position.SeekTo ?? -1));
                }
            }

            _positions.RemoveAll(static position => position.IsClosed);
            if (_ending)
            {
                return false;
            }
        }

        foreach (var (position, change, offset) in _changes)
        {
            Make(position, change, offset);
        }

        return true;
    }

    private Change ChangeOf(ConfluentParkedPosition position) =>
        position.IsClosed ? (position.IsAssigned ? Change.Leave : Change.None)
        : position.SeekTo is not null ? (position.Read is null ? Change.None : Change.Set)
        : !position.IsAssigned ? Change.None
        : position.IsPaused ? (position.ReadyBytes <= Share / 2 ? Change.Resume : Change.None)
        : position.ReadyBytes >= Share ? Change.Pause
        : Change.None;

    private void Make(ConfluentParkedPosition position, Change change, long offset)
    {
        try
        {
            switch (change)
            {
                case Change.Leave:
                    _client.IncrementalUnassign([position.Partition]);
                    position.IsAssigned = false;
                    break;

                case Change.Set:
                    // Not by a seek, which the client refuses for a partition that has just been assigned, or whose position is gone.
                    if (position.IsAssigned)
                    {
                        _client.IncrementalUnassign([position.Partition]);
                        position.IsAssigned = false;
                    }

                    _client.IncrementalAssign([new TopicPartitionOffset(position.Partition, offset)]);
                    lock (_gate)
                    {
                        position.OnSet(offset);
                    }

                    break;

                case Change.Pause:
                    _client.Pause([position.Partition]);
                    position.IsPaused = true;
                    break;

                default:
                    _client.Resume([position.Partition]);
                    position.IsPaused = false;
                    break;
            }
        }
        catch (KafkaException exception)
        {
            lock (_gate)
            {
                Fail(position, _errors.NotRead(position.Id, exception.Error, exception));
            }
        }
    }

    /// <summary>Takes what the client has, until it has no more or somebody can be answered.</summary>
    /// <returns>Whether it had anything.</returns>
    private bool ConsumeBurst(TimeSpan wait)
    {
        for (var i = 0; i < Burst; i++)
        {
            ConsumeResult<byte[]?, byte[]?>? result;
            try
            {
                result = _client.Consume(i == 0 ? wait : TimeSpan.Zero);
            }
            catch (ConsumeException exception)
            {
                OnConsumeError(exception);
                return true;
            }

            if (result is null)
            {
                return i > 0;
            }

            if (Find(result.Topic, result.Partition.Value) is { } position && Take(position, result))
            {
                return true;
            }
        }

        return true;
    }

    /// <returns>Whether to answer first.</returns>
    private bool Take(ConfluentParkedPosition position, ConsumeResult<byte[]?, byte[]?> result)
    {
        if (result.IsPartitionEOF)
        {
            lock (_gate)
            {
                position.ReachEnd(result.Offset.Value);
            }

            return true;
        }

        var message = result.Message;
        var headers = message.Headers is { Count: > 0 } some ? some : null;
        var timestamp = message.Timestamp.Type == TimestampType.NotAvailable ? -1 : message.Timestamp.UnixTimestampMs;
        var entry = position.Codec.Read(message.Key, message.Value, headers, timestamp);
        var size = ConsumedRecord.Overhead + (message.Key?.Length ?? 0) + (message.Value?.Length ?? 0) + (headers is null ? 0 : ConfluentRecordSource.WeighHeaders(headers));
        lock (_gate)
        {
            position.Add(new ParkedLogRecord(result.Offset.Value, timestamp, size, entry));
            return position.ReadyBytes >= (position.Read is { } read ? Math.Min(read.MaxBytes, Share) : Share);
        }
    }

    private ConfluentParkedPosition? Find(string topic, int partition)
    {
        if (_current is { IsClosed: false } current && current.Id.Partition == partition && current.Id.Topic == topic)
        {
            return current;
        }

        lock (_gate)
        {
            return _current = _positions.Find(position => !position.IsClosed && position.Id.Partition == partition && position.Id.Topic == topic);
        }
    }

    private void AnswerAll()
    {
        lock (_gate)
        {
            foreach (var position in _positions)
            {
                Answer(position);
            }
        }
    }

    private void Answer(ConfluentParkedPosition position)
    {
        if (position.Read is not { } read || position.SeekTo is not null)
        {
            return;
        }

        var elapsed = _time.GetElapsedTime(read.StartedAt);
        if (read.Task.IsCompleted)
        {
            position.Read = null;
        }
        else if (position.HasAnswer || (position.IsAtEnd && read.HasWaited(elapsed)))
        {
            position.Read = null;
            read.TrySetResult(position.Take(read.MaxBytes, BoundsOf(position)));
        }
        else if (!position.IsAtEnd && elapsed >= AnswerTimeout)
        {
            Fail(position, ParkedLogErrors.NoAnswer(position.Id, AnswerTimeout, _lastError));
        }
    }

    private void OnConsumeError(ConsumeException exception)
    {
        var error = exception.Error;
        if (error.IsFatal)
        {
            throw exception;
        }

        _lastError = error;
        if (exception.ConsumerRecord is not { Topic: { } topic } record)
        {
            return;
        }

        ConfluentParkedPosition[] concerned;
        lock (_gate)
        {
            concerned = [.. _positions.Where(position => position.Id.Topic == topic && (record.Partition.Value < 0 || record.Partition.Value == position.Id.Partition) && position.IsAssigned)];
        }

        foreach (var position in concerned)
        {
            if (error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
            {
                OnPositionGone(position);
                continue;
            }

            lock (_gate)
            {
                Fail(position, _errors.NotRead(position.Id, error, exception));
            }
        }
    }

    /// <summary>The log does not hold the offset that the client was at: it was trimmed, or is another one.</summary>
    private void OnPositionGone(ConfluentParkedPosition position)
    {
        long from;
        lock (_gate)
        {
            position.Forget();
            if (position.Read is not { } read)
            {
                // The next read finds out.
                return;
            }

            from = read.From;
        }

        try
        {
            // A broker has just answered, so this does not hold up others for long.
            var bounds = _client.QueryWatermarkOffsets(position.Partition, BoundsTimeout);
            lock (_gate)
            {
                if (bounds.Low.Value <= from && from <= bounds.High.Value)
                {
                    position.GoTo(from);
                    return;
                }

                position.Read?.TrySetResult(new ParkedLogRead { Records = [], Next = from, LogStart = bounds.Low.Value, LogEnd = bounds.High.Value });
                position.Read = null;
            }
        }
        catch (KafkaException unknown)
        {
            lock (_gate)
            {
                Fail(position, _errors.NotRead(position.Id, unknown.Error, unknown));
            }
        }
    }

    /// <summary>Ends the read that waits; the next one begins anew. To be called under the lock.</summary>
    private static void Fail(ConfluentParkedPosition position, ParkedLogException error)
    {
        position.Forget();
        position.Read?.TrySetException(error);
        position.Read = null;
    }
}

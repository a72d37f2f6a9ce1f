namespace EventDriven.Kafka.Producing;

/// <summary>
/// The line of those who wait for room in the local queue of one client, first come, first served, so that the events of one key keep their order. Thread-safe.
/// </summary>
/// <param name="tryProduce">Gives a record to the client; false where there is no room. It throws where the client will not take the record.</param>
/// <param name="release">Takes back a record that is done with.</param>
internal sealed class RoomLine(Func<OutgoingRecord, PendingRecord, bool> tryProduce, Action<OutgoingRecord> release)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<RoomWaiter> _waiters = new();
    private int _count;
    private bool _closed;

    public bool IsEmpty => Count == 0;

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Reads how many wait, and something of the client with it, while no record is on its way from here to there: it would be counted in both.</summary>
    public T Read<T>(Func<int, T> read)
    {
        lock (_gate) return read(_waiters.Count);
    }

    /// <summary>Gives a record to the client after all that wait already.</summary>
    /// <returns>Null where the client has it; else a task that completes when it has, or faults when it will not take it.</returns>
    /// <exception cref="EventProduceException">The client will not take it, or the line is closed; the record is still the caller's.</exception>
    public Task? Join(OutgoingRecord record, PendingRecord pending, CancellationToken cancellationToken)
    {
        RoomWaiter? waiter = null;
        lock (_gate)
        {
            if (_closed) throw ProduceErrors.Stopping(pending.Target);

            // Announced before the last try, with a full fence: if the try finds no room, then the thread that makes room finds somebody waiting.
            Interlocked.Exchange(ref _count, _waiters.Count + 1);
            try
            {
                if (_waiters.Count != 0 || !tryProduce(record, pending))
                {
                    waiter = new RoomWaiter(record, pending);
                    _waiters.AddLast(waiter.Place);
                }
            }
            finally
            {
                Volatile.Write(ref _count, _waiters.Count);
            }
        }

        if (waiter is null)
        {
            release(record);
            return null;
        }

        if (cancellationToken.CanBeCanceled)
        {
            var registration = cancellationToken.UnsafeRegister((state, token) => Cancel((RoomWaiter)state!, token), waiter);
            lock (_gate)
            {
                if (waiter.Place.List is null)
                {
                    registration.Unregister();
                }
                else
                {
                    waiter.Cancellation = registration;
                }
            }
        }

        return waiter.Task;
    }

    /// <summary>Lets go on as many as there is room for.</summary>
    /// <param name="isQueueEmpty">
    /// Whether nothing at all takes room in the client, asked after a try has failed: then it was in vain for good.
    /// </param>
    public void Advance(Func<bool> isQueueEmpty)
    {
        if (IsEmpty) return;

        lock (_gate)
        {
            while (_waiters.First?.Value is { } waiter)
            {
                try
                {
                    if (tryProduce(waiter.Record, waiter.Pending))
                    {
                        Leave(waiter);
                        waiter.SetResult();
                    }
                    else if (isQueueEmpty())
                    {
                        Refuse(waiter, ProduceErrors.LargerThanQueue(waiter.Pending.Target));
                    }
                    else
                    {
                        return;
                    }
                }
#pragma warning disable CA1031 // Whatever it is, it is told to the one call that it concerns, and the next has its turn.
                catch (Exception error)
#pragma warning restore CA1031
                {
                    Refuse(waiter, error);
                }
            }
        }
    }

    /// <summary>Lets nobody join any more; those who wait keep their places.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
    }

    /// <summary>Refuses those who still wait.</summary>
    /// <returns>Those who were refused.</returns>
    public List<PendingRecord> RefuseAll()
    {
        var refused = new List<PendingRecord>();
        lock (_gate)
        {
            while (_waiters.First?.Value is { } waiter)
            {
                refused.Add(waiter.Pending);
                Refuse(waiter, ProduceErrors.Stopping(waiter.Pending.Target));
            }
        }

        return refused;
    }

    private void Cancel(RoomWaiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (waiter.Place.List is null) return;

            Leave(waiter);
            waiter.Pending.Discard(null);
            waiter.SetCanceled(cancellationToken);
        }
    }

    private void Refuse(RoomWaiter waiter, Exception error)
    {
        Leave(waiter);
        waiter.Pending.Discard(error);
        waiter.SetException(error);
    }

    private void Leave(RoomWaiter waiter)
    {
        _waiters.Remove(waiter.Place);
        Volatile.Write(ref _count, _waiters.Count);
        waiter.Pending.Target.Telemetry?.WaitedForRoom(waiter.Since);
        // Unregister does not wait for a callback that is running: it may be waiting for this lock.
        waiter.Cancellation.Unregister();
        release(waiter.Record);
    }
}

namespace EventDriven.Kafka.Producing;

/// <summary>A part of the records that are in one client, so that producing threads and the client's thread seldom meet. Thread-safe.</summary>
internal sealed class InFlightStripe(ProducerConnection owner)
{
    private readonly Lock _gate = new();
    private PendingRecord? _first;
    private int _count;
    private int _calls;
    private bool _closed;

    public ProducerConnection Owner => owner;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether a thread is inside the client's native code: the client must not be disposed under it.</summary>
    public bool HasCalls => Volatile.Read(ref _calls) != 0;

    /// <summary>Lists a record that is about to be given to the client; false once the client is closed. <see cref="EndCall"/> must follow.</summary>
    public bool TryAdd(PendingRecord record)
    {
        lock (_gate)
        {
            if (_closed) return false;

            Interlocked.Increment(ref _calls);
            record.Stripe = this;
            record.Previous = null;
            record.Next = _first;
            if (_first is not null) _first.Previous = record;
            _first = record;
            _count++;
            return true;
        }
    }

    public void EndCall() => Interlocked.Decrement(ref _calls);

    /// <summary>Takes a record off the list; false where another was faster, and has the right to end it.</summary>
    public bool TryRemove(PendingRecord record)
    {
        lock (_gate)
        {
            if (record.Previous is null && record.Next is null && !ReferenceEquals(_first, record)) return false;

            Unlink(record);
            return true;
        }
    }

    /// <summary>Refuses further records.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
    }

    /// <summary>Takes all records off the list.</summary>
    public void TakeAll(List<PendingRecord> into)
    {
        lock (_gate)
        {
            while (_first is { } record)
            {
                Unlink(record);
                into.Add(record);
            }
        }
    }

    private void Unlink(PendingRecord record)
    {
        if (record.Previous is null)
        {
            _first = record.Next;
        }
        else
        {
            record.Previous.Next = record.Next;
        }

        if (record.Next is not null) record.Next.Previous = record.Previous;
        record.Previous = null;
        record.Next = null;
        _count--;
    }
}

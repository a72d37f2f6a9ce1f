namespace EventDriven.Kafka.Producing;

/// <summary>Keeps a few <see cref="OutgoingRecord"/> for reuse: as many as there are threads that produce at once. Thread-safe.</summary>
internal sealed class OutgoingRecordPool
{
    private readonly OutgoingRecord?[] _spare = new OutgoingRecord?[16];

    public OutgoingRecord Rent()
    {
        var start = Environment.CurrentManagedThreadId;
        for (var i = 0; i < 2; i++)
        {
            ref var slot = ref _spare[(start + i) & (_spare.Length - 1)];
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } record) return record;
        }

        return new OutgoingRecord();
    }

    public void Return(OutgoingRecord record)
    {
        record.Clear();
        _spare[Environment.CurrentManagedThreadId & (_spare.Length - 1)] = record;
    }
}

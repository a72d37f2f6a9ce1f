namespace EventDriven.Kafka.Parking;

/// <content>What the owner reads behind its claim: its own entries, for where they stand; what people put back; and whether it still is the owner.</content>
internal sealed partial class PartitionParking
{
    private TaskCompletionSource? _claimedAnew;

    /// <summary>Whether another owner has claimed the log, or somebody has deleted our claim.</summary>
    private bool IsSuperseded { get; set; }

    private async Task ReadTailAsync()
    {
        while (!IsSuperseded)
        {
            await ReadAsync(TailWait).ConfigureAwait(false);
            TaskCompletionSource? claimedAnew = null;
            lock (_gate)
            {
                ThrowIfEnded();
                if (!IsSuperseded && _sought is null)
                {
                    claimedAnew = _claimedAnew;
                    _claimedAnew = null;
                }

                IsComplete &= !IsSuperseded;
            }

            claimedAnew?.TrySetResult();
            Kick();
        }

        OnSuperseded?.Invoke();
    }

    private void TakeFromTail(in ParkedLogRecord record)
    {
        switch (record.Entry.Kind)
        {
            case ParkedEntryKind.Redrive:
                var item = AddRead(record);
                LetThrough(item);
                UpdateBound();
                if (IsComplete)
                {
                    Consider(item.Key);
                }

                break;

            case ParkedEntryKind.Parked:
                // Our own: it is in the index from its acknowledgement on, which may come later than this.
                if ((Index.Find(record.Entry.Id) ?? _appends.FindInFlight(record.Entry.Id)) is { LogOffset: < 0 } own)
                {
                    own.LogOffset = record.Offset;
                    _hasNoRoom = false;

                    // It can be read again from now on.
                    MakeRoom(0);
                }

                break;
        }
    }

    /// <summary>An entry that lies below the log's start is done.</summary>
    private void Forget(ParkedItem item)
    {
        if (item.IsWanted)
        {
            item.IsWanted = false;
            _wanted.Remove(item);
        }

        Drop(item);
        Index.Remove(item);
        UpdateBound();
        _lanes.Wake(item.Key);
    }
}

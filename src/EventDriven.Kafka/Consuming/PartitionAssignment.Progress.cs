namespace EventDriven.Kafka.Consuming;

/// <content>What is only noted to be told: since when the position stands still, and which commit is awaited.</content>
internal sealed partial class PartitionAssignment
{
    private long _movedAt;
    private long _seenPosition = -1;

    /// <summary>The oldest position that was handed to the client and has no answer from the broker, and when it was; used by the poll thread only.</summary>
    public (long Offset, long Since)? AwaitedCommit { get; set; }

    /// <summary>When the last position was handed to the client; used by the poll thread only.</summary>
    public long StoredAt { get; set; }

    /// <summary>Notes whether the position has moved since the last look; called by the poll thread, a few times a second.</summary>
    public void NoteProgress()
    {
        lock (_gate)
        {
            if (_ledger.IsAtEnd || IsPositionWaiting || _ledger.Position.Offset != _seenPosition)
            {
                _seenPosition = _ledger.Position.Offset;
                _movedAt = _time.GetTimestamp();
            }
        }
    }

    private TimeSpan GetPositionAge() =>
        _ledger.IsAtEnd || IsPositionWaiting || _ledger.Position.Offset != _seenPosition ? TimeSpan.Zero : _time.GetElapsedTime(_movedAt);
}

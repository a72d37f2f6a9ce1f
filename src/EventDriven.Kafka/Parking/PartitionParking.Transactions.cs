using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Parking;

/// <content>
/// Parked events of a consumer with transactions. What they produce, or their dead letter, is committed together with their done marker and the position of their
/// partition, so that each counts once; who parks, or notes a step, needs no transaction: that is done again without harm where its event comes again.
/// </content>
/// <remarks>
/// A parked event starts only when every source record up to its own is finished, so that the position that is committed with its marker has passed it. Were that lower, its
/// source record would come again after a crash, find nothing of it in the index, and be handled once more. Offsets of a partition that has markers in a transaction are always in it too: by them a broker refuses the
/// transaction of a member that is no longer the owner.
/// </remarks>
internal sealed partial class PartitionParking
{
    /// <summary>Those that have come to their end, and wait for the next transaction.</summary>
    private readonly Queue<(ParkedItem Item, EventOutput? Output)> _finished = new();

    /// <summary>Those whose markers are in a transaction that is not over.</summary>
    private readonly List<ParkedItem> _committing = [];

    private readonly PriorityQueue<ParkedKey, long> _toBePassed = new();

    /// <summary>Whether outputs and done markers go into transactions.</summary>
    public bool IsTransactional { get; init; }

    /// <summary>Whether there is something to take for a transaction. Under the gate.</summary>
    public bool HasFinished => _finished.Count > 0 && IsComplete && !(_isClaimingAnew && (_rules & ParkingRules.NoMarkerAcrossClaims) != 0);

    /// <summary>How many events have come to their end whose markers are not acknowledged.</summary>
    private int Markers => _appends.Markers + _finished.Count + _committing.Count;

    /// <summary>
    /// Takes the next event that has come to its end, for the transaction that is about to be committed: its marker gets its name now, so it is to be sent before anything
    /// else is taken. Under the gate.
    /// </summary>
    public bool TryTakeFinished(out ParkedOutput taken)
    {
        taken = default;
        if (!HasFinished)
        {
            return false;
        }

        var (item, output) = _finished.Dequeue();
        _committing.Add(item);
        var marker = new ParkedEntry { Kind = ParkedEntryKind.Done, About = item.Id, Id = _appends.Name() };
        taken = new ParkedOutput(_log, marker, item.OriginalPartition(Index.Source), item.OriginalOffset, output);
        return true;
    }

    /// <summary>The transaction with the markers that were taken is committed. Any thread, outside of the gate.</summary>
    public void OnTransactionCommitted()
    {
        lock (_gate)
        {
            if (IsEnded || _committing.Count == 0)
            {
                return;
            }

            foreach (var item in _committing)
            {
                OnDone(item);
            }

            _committing.Clear();
            OnMarkersAcknowledged();
            UpdateBound();
        }

        Kick();
    }

    /// <summary>Source records are finished, or were received above a gap: what is parked below all that are not finished may run. Under the gate.</summary>
    public void OnPassed()
    {
        while (_toBePassed.TryPeek(out var key, out var waitsFor) && waitsFor < _lanes.LowestOpen)
        {
            _toBePassed.Dequeue();
            key.QueuedToBePassed = long.MaxValue;
            Consider(key);
        }
    }

    /// <summary>One whose source record is still to come waits for that first; where the source ends below it, it has none.</summary>
    private bool IsToBePassed(ParkedItem item) =>
        IsTransactional && item.IsOfThisSource && item.OriginalOffset >= _lanes.LowestOpen && item.OriginalOffset <= _lanes.LastReceived
        && (_rules & ParkingRules.WaitUntilPassed) != 0;

    private void WaitUntilPassed(ParkedKey key, long offset)
    {
        // It stands there once at least for an offset that is low enough; what comes out too early waits again.
        if (key.QueuedToBePassed > offset)
        {
            key.QueuedToBePassed = offset;
            _toBePassed.Enqueue(key, offset);
        }
    }
}

namespace EventDriven.Kafka.Parking;

/// <summary>
/// Says up to which claim a parked log may be deleted: the one in force at the lowest unfinished entry, as it was known before a commit was sent that the broker has
/// accepted since. Such a commit shows that nobody else owned the partition then, so that what was known was true. Guarded by its assignment.
/// </summary>
/// <param name="highestStored">
/// The highest position that this client was given for the partition before. The client says which position was accepted, not when it sent it: only of a position
/// above all that it had before is it known that it was sent later.
/// </param>
/// <param name="rules">The rules that hold.</param>
internal sealed class TrimSchedule(long highestStored, ParkingRules rules = ParkingRules.All)
{
    private readonly Queue<(long Position, long Claim)> _noted = new();
    private long _highestStored = highestStored;
    private long _lastNoted = -1;

    /// <summary>The claim up to which the log may be deleted; -1 while it may not.</summary>
    public long Allowed { get; private set; } = -1;

    /// <summary>Notes a position that the client is given for committing.</summary>
    /// <param name="position">The position.</param>
    /// <param name="claim">The claim in force at the lowest unfinished entry, as known from acknowledgements; the own one where nothing is unfinished.</param>
    public void OnStored(long position, long claim)
    {
        if ((rules & ParkingRules.TrimToClaimInForce) == 0)
        {
            Allowed = Math.Max(Allowed, claim);
            return;
        }

        if (position <= _highestStored)
        {
            return;
        }

        _highestStored = position;
        if (claim > _lastNoted)
        {
            _lastNoted = claim;
            _noted.Enqueue((position, claim));
        }
    }

    /// <summary>Notes a position that the broker has accepted.</summary>
    public void OnCommitted(long position)
    {
        while (_noted.TryPeek(out var noted) && noted.Position <= position)
        {
            Allowed = Math.Max(Allowed, noted.Claim);
            _noted.Dequeue();
        }
    }
}

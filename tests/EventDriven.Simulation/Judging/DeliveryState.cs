namespace EventDriven.Simulation.Judging;

/// <summary>Where a delivery stands.</summary>
internal enum DeliveryState
{
    Waiting = 0,
    Running,
    Finished,

    /// <summary>Ended without the outcome that would let others pass: failed for good, backing off, or cancelled.</summary>
    GivenUp,
}

namespace EventDriven.Simulation;

/// <summary>What becomes of events that fail in a schedule.</summary>
internal enum FailureMode
{
    /// <summary>Their partition stops.</summary>
    Stop = 0,

    /// <summary>They go to retry topics, to the dead letters, or are dropped, as a policy says.</summary>
    Chain,

    /// <summary>They are parked, so that their key keeps its order.</summary>
    Parking,
}

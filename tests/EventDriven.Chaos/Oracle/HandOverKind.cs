namespace EventDriven.Chaos.Oracle;

internal enum HandOverKind
{
    Retry,
    Parked,
    DeadLetter,

    /// <summary>No hand-over: the marker that a parked event has reached an outcome.</summary>
    Done,
}

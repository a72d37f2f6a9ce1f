namespace EventDriven.Chaos.Oracle;

internal enum HandOverKind
{
    Retry,
    Parked,
    DeadLetter,
}

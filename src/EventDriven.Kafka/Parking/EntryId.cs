namespace EventDriven.Kafka.Parking;

/// <summary>
/// What names an entry of a parked log: an owner's by the offset of its claim and its number within that claim, from 1; one that a person has put back by its own
/// offset, with the number 0.
/// </summary>
internal readonly record struct EntryId(long Claim, int Number)
{
    /// <summary>The name of an entry that a person has put back.</summary>
    public static EntryId OfRedrive(long offset) => new(offset, 0);

    public bool IsRedrive => Number == 0;
}

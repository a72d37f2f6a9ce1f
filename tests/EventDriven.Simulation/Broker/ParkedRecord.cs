using EventDriven.Kafka.Parking;
using EventDriven.Simulation.Judging;

namespace EventDriven.Simulation.Broker;

/// <summary>An entry where it stands in a parked log.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="At">When it landed.</param>
/// <param name="Entry">What it says.</param>
/// <param name="Writer">The assignment whose process wrote it; null for a person's.</param>
internal sealed record ParkedRecord(long Offset, long At, ParkedEntry Entry, Tenure? Writer)
{
    /// <summary>The claim in force where it stands; -1 for none.</summary>
    public long InForce { get; set; }

    /// <summary>What has become of its transaction.</summary>
    public ParkedRecordState State { get; set; }

    /// <summary>Whether the rules let it count where it stands, once its transaction is committed.</summary>
    public bool IsValid { get; set; }
}

using EventDriven.Kafka.Offsets;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation.Broker;

/// <summary>A transaction as its coordinator has it.</summary>
internal sealed class SimulatedTransaction(string id, int epoch)
{
    public string Id => id;

    public int Epoch => epoch;

    /// <summary>The records that it holds, in their order: whose they are, and which of its attempt.</summary>
    public List<(OutputAttempt Attempt, int Number)> Records { get; } = [];

    /// <summary>The done markers that it holds, by their parked logs.</summary>
    public Dictionary<SimulatedParkedLog, List<ParkedRecord>> Markers { get; } = [];

    /// <summary>What is still to be written of how it has ended: its positions and what goes with them, and each parked log, in any order.</summary>
    public List<Action> Writes { get; } = [];

    /// <summary>The positions that it holds, by the numbers of their logs.</summary>
    public Dictionary<int, Sent> Offsets { get; } = [];

    /// <summary>Whether it is decided, and not written everywhere yet.</summary>
    public bool IsEnding { get; set; }

    public bool IsCommitted { get; set; }

    /// <summary>When it is aborted because its time is over; or, where it is decided, when that is written.</summary>
    public long Due { get; set; }

    /// <param name="Source">Who has sent it.</param>
    /// <param name="Position">The position.</param>
    /// <param name="Before">What was committed when it was sent.</param>
    /// <param name="Number">Its place among all positions that the group was sent.</param>
    public sealed record Sent(SimulatedSource Source, Position Position, long? Before, long Number);
}

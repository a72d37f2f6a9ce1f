using EventDriven.Simulation.Broker;
using EventDriven.Simulation.Members;

namespace EventDriven.Simulation.Judging;

/// <summary>What belongs to one assignment of the engine where failed events are parked: epochs of the same assignment, as where its start is sought, share it.</summary>
internal sealed class Tenure(SimulatedSource source, SimulatedLog log)
{
    private readonly Dictionary<int, long> _highestStarted = [];

    public SimulatedSource Source => source;

    public SimulatedLog Log => log;

    /// <summary>Whether the engine has opened its parked log: where it does so again, it has begun another assignment by itself.</summary>
    public bool HasLog { get; set; }

    /// <summary>Whether a claim of it has counted: before, nothing may start.</summary>
    public bool HasClaimed { get; set; }

    /// <summary>The attempts at parked events that have failed in it, and the steps of it that have landed, by the event.</summary>
    public Dictionary<LogEntry, (int Failed, int Steps)> Steps { get; } = [];

    /// <summary>The events that have come to their end in it.</summary>
    public HashSet<LogEntry> Ended { get; } = [];

    /// <summary>The highest original offset that was unfinished in the parked log at some time since it had it; -1 for none.</summary>
    public long HighestParked { get; private set; } = -1;

    /// <summary>The original offsets of what was parked at the bound because something that waits for it is parked above.</summary>
    public HashSet<long> LetThrough { get; } = [];

    public void NoteParked(long offset) => HighestParked = Math.Max(HighestParked, offset);

    /// <summary>The highest first offset among the events of a key that were started; -1 for none.</summary>
    public long HighestStartedOf(int key) => _highestStarted.GetValueOrDefault(key, -1);

    public void NoteStartedOf(int key, long offset) => _highestStarted[key] = offset;
}

using EventDriven.Simulation.Broker;

namespace EventDriven.Simulation.Judging;

/// <summary>A valid entry of a parked log that carries an event, with what later entries say of it.</summary>
internal sealed class ParkedEvent(LogEntry entry, long offset, bool isRedrive)
{
    public LogEntry Event => entry;

    /// <summary>Where it stands in its parked log.</summary>
    public long Offset => offset;

    public bool IsRedrive => isRedrive;

    public int Step { get; set; }

    public int Attempts { get; set; }

    public long DueAt { get; set; }

    public bool IsDone { get; set; }
}

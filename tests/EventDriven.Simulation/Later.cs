using EventDriven.Simulation.Members;

namespace EventDriven.Simulation;

/// <summary>Something that happens at a time, unless whom it belongs to is gone by then.</summary>
/// <param name="due">When.</param>
/// <param name="member">The process that it happens in; null where it happens elsewhere.</param>
/// <param name="source">The client that it belongs to; null for none.</param>
/// <param name="action">What happens.</param>
internal sealed class Later(long due, SimulatedMember? member, SimulatedSource? source, Action action)
{
    public long Due { get; set; } = due;

    public SimulatedMember? Member => member;

    public SimulatedSource? Source => source;

    public Action Action => action;

    /// <summary>Whether it has left its process and is on its way to a broker.</summary>
    public bool IsElsewhere => member is null && source is null;
}

namespace EventDriven.Simulation.Broker;

/// <summary>An attempt at an event, with what it has produced; or its dead letter.</summary>
/// <param name="Log">The log of the event.</param>
/// <param name="Entry">The event.</param>
/// <param name="Count">How many records it has produced.</param>
/// <param name="IsOfParked">Whether the event was parked: it is not in the order of the log then.</param>
internal sealed record OutputAttempt(SimulatedLog Log, LogEntry Entry, int Count, bool IsOfParked);

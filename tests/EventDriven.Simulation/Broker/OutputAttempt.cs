namespace EventDriven.Simulation.Broker;

/// <summary>An attempt at an event, with what it has produced.</summary>
/// <param name="Log">The log of the event.</param>
/// <param name="Entry">The event.</param>
/// <param name="Count">How many records it has produced.</param>
internal sealed record OutputAttempt(SimulatedLog Log, LogEntry Entry, int Count);

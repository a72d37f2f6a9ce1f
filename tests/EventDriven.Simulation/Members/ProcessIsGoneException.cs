namespace EventDriven.Simulation.Members;

/// <summary>Ends a thread of a process that has died: a thread can't be killed.</summary>
internal sealed class ProcessIsGoneException() : Exception("The process is gone.");

namespace EventDriven.Simulation.Broker;

/// <summary>A committed position of the group.</summary>
/// <param name="Offset">The offset.</param>
/// <param name="LeaderEpoch">The leader epoch as committed; -1 for none.</param>
/// <param name="LogEpoch">The leader epoch up to which the committing client knew the log.</param>
internal sealed record Commit(long Offset, int LeaderEpoch, int LogEpoch);

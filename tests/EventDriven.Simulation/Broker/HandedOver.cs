using Confluent.Kafka;

namespace EventDriven.Simulation.Broker;

/// <summary>A record of a failed event, as it was written to a retry or dead-letter topic.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition; where the topic has fewer, one of these.</param>
/// <param name="Event">The event that it carries.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="Step">The step that it waits in; -1 for a dead letter.</param>
/// <param name="Attempts">How many attempts it tells of.</param>
/// <param name="DueAt">When it may be tried again.</param>
internal sealed record HandedOver(string Topic, int Partition, LogEntry Event, Headers Headers, int Step, int Attempts, long DueAt)
{
    public bool IsDeadLetter => Step < 0;
}

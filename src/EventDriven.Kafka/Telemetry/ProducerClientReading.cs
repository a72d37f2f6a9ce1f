namespace EventDriven.Kafka.Telemetry;

/// <summary>What there is to measure of one producers' client at one moment.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="InFlight">Events in the client that have no answer yet.</param>
/// <param name="Waiting">Calls that wait for room in the client's queue.</param>
internal sealed record ProducerClientReading(string Cluster, long InFlight, long Waiting);

using EventDriven.Kafka.Consuming;
using EventDriven.Kafka.Transactions;

namespace EventDriven.Kafka.Parking;

/// <summary>What goes into a transaction of a parked event that has come to its end.</summary>
/// <param name="Log">The parked log.</param>
/// <param name="Marker">Says there that the event is done.</param>
/// <param name="Partition">Where the event was read first.</param>
/// <param name="Offset">Its offset there.</param>
/// <param name="Output">What it has produced, or its dead letter; null for nothing.</param>
internal readonly record struct ParkedOutput(IParkedLog Log, ParkedEntry Marker, PartitionId Partition, long Offset, EventOutput? Output);

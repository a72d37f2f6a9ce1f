using Confluent.Kafka;

namespace EventDriven.Simulation.Members;

/// <summary>Who a member is at a moment.</summary>
/// <param name="Source">The client.</param>
/// <param name="Generation">The generation of its group, as it knows it.</param>
internal sealed record SimulatedGroupMetadata(SimulatedSource Source, int Generation) : IConsumerGroupMetadata;

namespace EventDriven.Kafka.Hosting;

/// <summary>How a topic is made up.</summary>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="Replicas">How many replicas each of them has.</param>
internal sealed record TopicShape(int Partitions, int Replicas);

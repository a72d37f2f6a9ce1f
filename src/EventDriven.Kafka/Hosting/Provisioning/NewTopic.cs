namespace EventDriven.Kafka.Hosting;

/// <summary>A topic that is to be there.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="Replicas">How many replicas each of them has.</param>
/// <param name="Settings">Its settings, in the order in which they are printed.</param>
internal sealed record NewTopic(string Name, int Partitions, int Replicas, IReadOnlyList<KeyValuePair<string, string>> Settings);

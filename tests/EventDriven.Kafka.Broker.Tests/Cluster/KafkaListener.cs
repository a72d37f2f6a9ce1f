namespace EventDriven.Kafka.Broker.Tests.Cluster;

/// <summary>A listener of a node for clients.</summary>
/// <param name="Name">Its name, in capital letters.</param>
/// <param name="Protocol">Kafka's name for how it is secured: <c>SSL</c>, <c>SASL_SSL</c>, …</param>
public sealed record KafkaListener(string Name, string Protocol)
{
    /// <summary>Chosen by the cluster.</summary>
    public int Port { get; init; }

    public string Address => $"127.0.0.1:{Port}";
}

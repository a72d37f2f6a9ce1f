namespace EventDriven.Kafka;

/// <summary>What happens when the first contact with the cluster fails: no broker answers, or a topic is missing.</summary>
public enum UnreachableAction
{
    /// <summary>The host runs, health is red, and the consumer starts by itself once the cluster is as it should be.</summary>
    Wait = 0,

    /// <summary>The host stops with an error that names everything that is wrong.</summary>
    StopHost,
}

namespace EventDriven.Kafka;

/// <summary>Which events of a consumer are handled one after the other.</summary>
public enum OrderingMode
{
    /// <summary>All events of a partition, in offset order; partitions run side by side.</summary>
    Partition = 0,

    /// <summary>All events of one key of a partition, in offset order; keys run side by side. Events without a key have no order.</summary>
    Key,

    /// <summary>None: events run side by side in any order.</summary>
    None,
}

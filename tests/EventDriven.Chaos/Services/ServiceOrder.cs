namespace EventDriven.Chaos.Services;

/// <summary>Which order a service promises to its handlers.</summary>
internal enum ServiceOrder
{
    /// <summary>None, or one that its policy gives up.</summary>
    None,

    /// <summary>The events of a key.</summary>
    Key,

    /// <summary>The events of a partition.</summary>
    Partition,
}

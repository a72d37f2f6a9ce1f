namespace EventDriven.Chaos.Oracle;

/// <summary>What a fault may excuse.</summary>
internal enum FaultReach
{
    /// <summary>Nothing: slow handlers, bursts, members that stop cleanly.</summary>
    None,

    /// <summary>The member is dead from its beginning on.</summary>
    Death,

    /// <summary>The member stands still, and may have lost its partitions without knowing it.</summary>
    Freeze,

    /// <summary>A broker is away: commits may fail, and members may be thrown out of their groups.</summary>
    Broker,
}

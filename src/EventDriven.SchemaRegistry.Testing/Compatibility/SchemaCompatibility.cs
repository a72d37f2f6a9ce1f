namespace EventDriven.SchemaRegistry.Testing;

/// <summary>How a new version of a schema must get along with older ones. The levels of schema registries.</summary>
public enum SchemaCompatibility
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>The new one reads what the last one wrote: consumers are deployed first.</summary>
    Backward,

    /// <summary>The new one reads what any older one wrote.</summary>
    BackwardTransitive,

    /// <summary>The last one reads what the new one writes: producers are deployed first.</summary>
    Forward,

    /// <summary>Every older one reads what the new one writes.</summary>
    ForwardTransitive,

    /// <summary>Both ways with the last one: in any order.</summary>
    Full,

    /// <summary>Both ways with every older one.</summary>
    FullTransitive,
}

namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>How a collection is walked over and filled.</summary>
internal enum CollectionKind
{
    Array,
    ImmutableArray,

    /// <summary><c>List&lt;T&gt;</c> itself.</summary>
    List,

    /// <summary>Another by <c>IList&lt;T&gt;</c>.</summary>
    ByIndex,

    /// <summary>Another by <c>IReadOnlyList&lt;T&gt;</c>.</summary>
    ByReadOnlyIndex,

    /// <summary>One that counts its items, one after the other.</summary>
    Counted,

    /// <summary>The same by <c>IReadOnlyCollection&lt;T&gt;</c>.</summary>
    ReadOnlyCounted,

    /// <summary>Nothing but <c>IEnumerable&lt;T&gt;</c>.</summary>
    Enumerable,

    Map,
    ReadOnlyMap,
}

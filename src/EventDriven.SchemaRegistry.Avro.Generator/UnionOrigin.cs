namespace EventDriven.SchemaRegistry.Avro.Generator;

/// <summary>Who says which types another stands for.</summary>
internal enum UnionOrigin
{
    /// <summary>Nobody: there is one, and null.</summary>
    Null,
    Type,
    Member,
}

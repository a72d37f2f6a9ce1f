namespace EventDriven.SchemaRegistry.Protobuf;

/// <summary>Under which subject an imported <c>.proto</c> file is registered.</summary>
public enum ReferenceSubjectNaming
{
    /// <summary>The path that it is imported by: <c>shop/money.proto</c>.</summary>
    ReferenceName = 0,

    /// <summary>That path with dots for slashes, and without its ending: <c>shop.money</c>.</summary>
    Qualified,
}

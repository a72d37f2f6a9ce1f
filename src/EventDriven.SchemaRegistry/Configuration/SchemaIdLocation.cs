namespace EventDriven.SchemaRegistry;

/// <summary>Where a record says by which schema it was written. Both are always read.</summary>
public enum SchemaIdLocation
{
    /// <summary>In front of the bytes: <c>0x00</c> and the id, five bytes. Every client reads it.</summary>
    Prefix = 0,

    /// <summary>
    /// In the header <c>__value_schema_id</c> or <c>__key_schema_id</c>: <c>0x01</c> and the GUID of the schema. The bytes are those of the event alone. Needs a registry that gives
    /// GUIDs, and readers that know them.
    /// </summary>
    Header,
}

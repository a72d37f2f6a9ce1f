namespace EventDriven.SchemaRegistry.Avro.Binary;

/// <summary>What bounds work that the bytes themselves do not.</summary>
internal static class AvroLimits
{
    /// <summary>How deep records may stand in one another: a chain of records that refer to themselves would else end the process by its stack.</summary>
    public const int Depth = 128;

    /// <summary>How much memory a reader or writer keeps for its next value.</summary>
    public const int KeptLength = 256 * 1024;

    /// <summary>How many items without any bytes (nulls, empty records) a body may have beside one for each of its bytes.</summary>
    public const int ItemsWithoutBytes = 1_024;
}

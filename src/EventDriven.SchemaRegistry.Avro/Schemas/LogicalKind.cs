namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>The logical types of the Avro specification.</summary>
internal enum LogicalKind
{
    None,
    Decimal,
    Uuid,
    Date,
    TimeMillis,
    TimeMicros,
    TimestampMillis,
    TimestampMicros,
    TimestampNanos,
    LocalTimestampMillis,
    LocalTimestampMicros,
    LocalTimestampNanos,
    Duration,
}

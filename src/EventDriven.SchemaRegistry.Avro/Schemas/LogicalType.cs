namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>What a value means beyond its bytes. One that does not fit the type it stands on is ignored, as the specification asks.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Precision">Of a decimal: how many digits at most.</param>
/// <param name="Scale">Of a decimal: how many of them after the point.</param>
internal readonly record struct LogicalType(LogicalKind Kind, int Precision = 0, int Scale = 0)
{
    /// <summary>The name in a schema's text.</summary>
    public string Name => Kind switch
    {
        LogicalKind.Decimal => "decimal",
        LogicalKind.Uuid => "uuid",
        LogicalKind.Date => "date",
        LogicalKind.TimeMillis => "time-millis",
        LogicalKind.TimeMicros => "time-micros",
        LogicalKind.TimestampMillis => "timestamp-millis",
        LogicalKind.TimestampMicros => "timestamp-micros",
        LogicalKind.TimestampNanos => "timestamp-nanos",
        LogicalKind.LocalTimestampMillis => "local-timestamp-millis",
        LogicalKind.LocalTimestampMicros => "local-timestamp-micros",
        LogicalKind.LocalTimestampNanos => "local-timestamp-nanos",
        LogicalKind.Duration => "duration",
        _ => throw new InvalidOperationException($"{Kind} has no name."),
    };

    /// <summary>The logical type of a name, whatever it stands on. Not for a decimal, which has digits too.</summary>
    /// <returns>None where there is no such name.</returns>
    public static LogicalKind Find(string name) => name switch
    {
        "uuid" => LogicalKind.Uuid,
        "date" => LogicalKind.Date,
        "time-millis" => LogicalKind.TimeMillis,
        "time-micros" => LogicalKind.TimeMicros,
        "timestamp-millis" => LogicalKind.TimestampMillis,
        "timestamp-micros" => LogicalKind.TimestampMicros,
        "timestamp-nanos" => LogicalKind.TimestampNanos,
        "local-timestamp-millis" => LogicalKind.LocalTimestampMillis,
        "local-timestamp-micros" => LogicalKind.LocalTimestampMicros,
        "local-timestamp-nanos" => LogicalKind.LocalTimestampNanos,
        "duration" => LogicalKind.Duration,
        _ => LogicalKind.None,
    };

    /// <summary>What a logical type stands on where nothing else is said.</summary>
    public static AvroKind On(LogicalKind kind) => kind switch
    {
        LogicalKind.Decimal => AvroKind.Bytes,
        LogicalKind.Uuid => AvroKind.String,
        LogicalKind.Date or LogicalKind.TimeMillis => AvroKind.Int,
        LogicalKind.Duration => AvroKind.Fixed,
        LogicalKind.None => AvroKind.Null,
        _ => AvroKind.Long,
    };

    /// <returns>None where the name is unknown or does not fit.</returns>
    public static LogicalType Find(string name, AvroKind on, int size, int? precision, int? scale)
    {
        if (name == "decimal")
        {
            var valid = on is AvroKind.Bytes or AvroKind.Fixed && precision > 0 && scale is null or >= 0 && (scale ?? 0) <= precision
                && (on is AvroKind.Bytes || precision <= MaximumPrecision(size));
            return valid ? new LogicalType(LogicalKind.Decimal, precision!.Value, scale ?? 0) : default;
        }

        if (on is AvroKind.Fixed)
        {
            return name == "duration" && size == 12 ? new LogicalType(LogicalKind.Duration)
                : name == "uuid" && size == 16 ? new LogicalType(LogicalKind.Uuid)
                : default;
        }

        var kind = Find(name);
        return kind is not LogicalKind.None and not LogicalKind.Duration && On(kind) == on ? new LogicalType(kind) : default;
    }

    /// <summary>How many decimal digits any value of so many bytes can hold.</summary>
    private static double MaximumPrecision(int size) => Math.Floor(Math.Log10(2) * ((8.0 * size) - 1));
}

namespace EventDriven.SchemaRegistry.Avro.Schemas;

/// <summary>What a value means beyond its bytes. One that does not fit the type it stands on is ignored, as the specification asks.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Precision">Of a decimal: how many digits at most.</param>
/// <param name="Scale">Of a decimal: how many of them after the point.</param>
internal readonly record struct LogicalType(LogicalKind Kind, int Precision = 0, int Scale = 0)
{
    private static readonly (string Name, LogicalKind Kind, AvroKind On)[] Known =
    [
        ("uuid", LogicalKind.Uuid, AvroKind.String),
        ("date", LogicalKind.Date, AvroKind.Int),
        ("time-millis", LogicalKind.TimeMillis, AvroKind.Int),
        ("time-micros", LogicalKind.TimeMicros, AvroKind.Long),
        ("timestamp-millis", LogicalKind.TimestampMillis, AvroKind.Long),
        ("timestamp-micros", LogicalKind.TimestampMicros, AvroKind.Long),
        ("timestamp-nanos", LogicalKind.TimestampNanos, AvroKind.Long),
        ("local-timestamp-millis", LogicalKind.LocalTimestampMillis, AvroKind.Long),
        ("local-timestamp-micros", LogicalKind.LocalTimestampMicros, AvroKind.Long),
        ("local-timestamp-nanos", LogicalKind.LocalTimestampNanos, AvroKind.Long),
    ];

    /// <summary>The name in a schema's text.</summary>
    public string Name => Kind switch
    {
        LogicalKind.Decimal => "decimal",
        LogicalKind.Duration => "duration",
        _ => NameOf(Kind),
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

        foreach (var known in Known)
        {
            if (known.Name == name) return known.On == on ? new LogicalType(known.Kind) : default;
        }

        return default;
    }

    /// <returns>The logical type of a name and the type it stands on, or null where there is no such name.</returns>
    public static (LogicalKind Kind, AvroKind On)? Find(string name)
    {
        foreach (var known in Known)
        {
            if (known.Name == name) return (known.Kind, known.On);
        }

        return name == "duration" ? (LogicalKind.Duration, AvroKind.Fixed) : null;
    }

    /// <summary>How many decimal digits any value of so many bytes can hold.</summary>
    private static double MaximumPrecision(int size) => Math.Floor(Math.Log10(2) * ((8.0 * size) - 1));

    private static string NameOf(LogicalKind kind)
    {
        foreach (var known in Known)
        {
            if (known.Kind == kind) return known.Name;
        }

        throw new ArgumentOutOfRangeException(nameof(kind), kind, null);
    }
}

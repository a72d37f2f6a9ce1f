using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Types;

/// <summary>Which types without parts stand for which schemas.</summary>
internal static class ScalarTypes
{
    /// <summary>The schema of a type where nothing else is said. A decimal needs its digits too.</summary>
    /// <returns>Whether it is a scalar.</returns>
    public static bool TryGetDefault(Type type, out AvroKind kind, out LogicalKind logical)
    {
        logical = type == typeof(decimal) ? LogicalKind.Decimal
            : type == typeof(Guid) ? LogicalKind.Uuid
            : type == typeof(DateTimeOffset) || type == typeof(DateTime) ? LogicalKind.TimestampMicros
            : type == typeof(DateOnly) ? LogicalKind.Date
            : type == typeof(TimeOnly) ? LogicalKind.TimeMicros
            : type == typeof(TimeSpan) ? LogicalKind.Duration
            : LogicalKind.None;
        kind = logical is not LogicalKind.None ? LogicalType.On(logical)
            : type == typeof(string) ? AvroKind.String
            : type == typeof(byte[]) ? AvroKind.Bytes
            : type.IsEnum ? AvroKind.Null
            : Type.GetTypeCode(type) switch
            {
                TypeCode.Boolean => AvroKind.Boolean,
                TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64 => AvroKind.Long,
                >= TypeCode.SByte and <= TypeCode.UInt64 => AvroKind.Int,
                TypeCode.Single => AvroKind.Float,
                TypeCode.Double => AvroKind.Double,
                _ => AvroKind.Null,
            };
        return kind is not AvroKind.Null;
    }

    public static bool IsScalar(Type type) => TryGetDefault(type, out _, out _);

    public static bool IsInteger(Type type) => !type.IsEnum && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64;

    /// <summary>Whether a schema can be read into a type and written from it. A number may stand for a logical type as it is.</summary>
    public static bool Fits(Type type, AvroKind kind, LogicalKind logical) => kind switch
    {
        AvroKind.Boolean => type == typeof(bool),
        AvroKind.Float => type == typeof(float),
        AvroKind.Double => type == typeof(double),
        AvroKind.String => type == typeof(string) || type == typeof(Guid),
        AvroKind.Int => IsInteger(type) || (logical is LogicalKind.Date ? type == typeof(DateOnly) : logical is LogicalKind.TimeMillis && IsTime(type)),
        AvroKind.Long => IsInteger(type) || (IsTimestamp(logical) ? type == typeof(DateTimeOffset) || type == typeof(DateTime)
            : IsLocalTimestamp(logical) ? type == typeof(DateTime)
            : logical is LogicalKind.TimeMicros && IsTime(type)),
        AvroKind.Bytes => type == typeof(byte[]) || (logical is LogicalKind.Decimal && type == typeof(decimal)),
        AvroKind.Fixed => type == typeof(byte[]) || (logical switch
        {
            LogicalKind.Decimal => type == typeof(decimal),
            LogicalKind.Uuid => type == typeof(Guid),
            LogicalKind.Duration => type == typeof(TimeSpan),
            _ => false,
        }),
        _ => false,
    };

    public static bool IsTimestamp(LogicalKind logical) => logical is LogicalKind.TimestampMillis or LogicalKind.TimestampMicros or LogicalKind.TimestampNanos;

    public static bool IsLocalTimestamp(LogicalKind logical) => logical is LogicalKind.LocalTimestampMillis or LogicalKind.LocalTimestampMicros or LogicalKind.LocalTimestampNanos;

    public static bool IsTimeOfDay(LogicalKind logical) => logical is LogicalKind.TimeMillis or LogicalKind.TimeMicros;

    /// <summary>
    /// A number of milliseconds stays one where the reader's schema counts microseconds: the specification resolves the numbers alone, and would take
    /// the one for the other.
    /// </summary>
    public static LogicalKind Unit(AvroSchema writer, AvroSchema wanted)
    {
        var (written, kind) = (writer.Logical.Kind, wanted.Logical.Kind);
        var isSame = (IsTimestamp(written) && IsTimestamp(kind))
            || (IsLocalTimestamp(written) && IsLocalTimestamp(kind))
            || (IsTimeOfDay(written) && IsTimeOfDay(kind));
        return isSame ? written : kind;
    }

    private static bool IsTime(Type type) => type == typeof(TimeOnly) || type == typeof(TimeSpan);
}

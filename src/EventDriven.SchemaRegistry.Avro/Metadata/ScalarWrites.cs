using System.Numerics;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>Writes values without parts.</summary>
internal static class ScalarWrites
{
    public static AvroWrite<string> Text(WritePlan.Scalar plan)
    {
        var schema = plan.Schema;
        return (writer, value) =>
        {
            if (value is null) AvroWriter.Fail(schema.NullReason);
            writer.WriteString(value);
        };
    }

    public static AvroWrite<byte[]> Bytes(WritePlan.Scalar plan)
    {
        var (schema, size) = (plan.Schema, plan.Schema is FixedSchema @fixed ? @fixed.Size : -1);
        return (writer, value) =>
        {
            if (value is null) AvroWriter.Fail(schema.NullReason);
            if (size >= 0) writer.WriteFixed(value, size);
            else writer.WriteBytes(value);
        };
    }

    public static AvroWrite<bool> Boolean(WritePlan.Scalar plan) => static (writer, value) => writer.WriteBoolean(value);

    public static AvroWrite<Guid> Guid(WritePlan.Scalar plan) => plan.Schema.Kind is AvroKind.Fixed ? static (writer, value) => writer.WriteGuidBytes(value) : static (writer, value) => writer.WriteGuid(value);

    public static AvroWrite<decimal> Decimal(WritePlan.Scalar plan)
    {
        var (precision, scale) = (plan.Schema.Logical.Precision, plan.Schema.Logical.Scale);
        return plan.Schema is FixedSchema { Size: var size } ? (writer, value) => writer.WriteDecimalFixed(value, precision, scale, size) : (writer, value) => writer.WriteDecimal(value, precision, scale);
    }

    public static AvroWrite<T> Integer<T>(WritePlan.Scalar plan)
        where T : struct, IBinaryInteger<T> =>
        plan.Schema.Kind is AvroKind.Int ? static (writer, value) => writer.WriteInt(int.CreateChecked(value)) : static (writer, value) => writer.WriteLong(long.CreateChecked(value));

    public static AvroWrite<float> Float(WritePlan.Scalar plan) => plan.Schema.Kind is AvroKind.Float ? static (writer, value) => writer.WriteFloat(value) : static (writer, value) => writer.WriteDouble(value);

    public static AvroWrite<double> Double(WritePlan.Scalar plan) => static (writer, value) => writer.WriteDouble(value);

    public static AvroWrite<DateTimeOffset> Moment(WritePlan.Scalar plan) => Long<DateTimeOffset>(plan.Schema.Logical.Kind switch
    {
        LogicalKind.TimestampMillis => AvroTimes.Millis,
        LogicalKind.TimestampMicros => AvroTimes.Micros,
        _ => AvroTimes.Nanos,
    });

    public static AvroWrite<DateTime> Time(WritePlan.Scalar plan) => Long<DateTime>(plan.Schema.Logical.Kind switch
    {
        LogicalKind.TimestampMillis => AvroTimes.Millis,
        LogicalKind.TimestampMicros => AvroTimes.Micros,
        LogicalKind.TimestampNanos => AvroTimes.Nanos,
        LogicalKind.LocalTimestampMillis => AvroTimes.LocalMillis,
        LogicalKind.LocalTimestampMicros => AvroTimes.LocalMicros,
        _ => AvroTimes.LocalNanos,
    });

    public static AvroWrite<DateOnly> Date(WritePlan.Scalar plan) => static (writer, value) => writer.WriteInt(AvroTimes.Days(value));

    public static AvroWrite<TimeOnly> TimeOfDay(WritePlan.Scalar plan) =>
        plan.Schema.Kind is AvroKind.Int ? static (writer, value) => writer.WriteInt(AvroTimes.Millis(value)) : static (writer, value) => writer.WriteLong(AvroTimes.Micros(value));

    public static AvroWrite<TimeSpan> Span(WritePlan.Scalar plan) => plan.Schema.Kind switch
    {
        AvroKind.Fixed => static (writer, value) => writer.WriteDuration(value),
        AvroKind.Int => static (writer, value) => writer.WriteInt(AvroTimes.Millis(value)),
        _ => static (writer, value) => writer.WriteLong(AvroTimes.Micros(value)),
    };

    private static AvroWrite<T> Long<T>(Func<T, long> to) => (writer, value) => writer.WriteLong(to(value));
}

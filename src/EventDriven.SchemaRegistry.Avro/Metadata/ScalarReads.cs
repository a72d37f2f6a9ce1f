using System.Numerics;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>Reads values without parts: as they were written, promoted to what is wanted, as the type has them.</summary>
internal static class ScalarReads
{
    public static AvroRead<string> Text(ReadPlan.Scalar plan) => static reader => reader.ReadString();

    public static AvroRead<bool> Boolean(ReadPlan.Scalar plan) => static reader => reader.ReadBoolean();

    public static AvroRead<byte[]> Bytes(ReadPlan.Scalar plan) => plan.Writer is FixedSchema { Size: var size } ? reader => reader.ReadFixed(size) : static reader => reader.ReadBytes();

    public static AvroRead<Guid> Guid(ReadPlan.Scalar plan) => plan.Writer.Kind is AvroKind.Fixed ? static reader => reader.ReadGuidBytes() : static reader => reader.ReadGuid();

    public static AvroRead<decimal> Decimal(ReadPlan.Scalar plan)
    {
        var scale = plan.Reader.Logical.Scale;
        return plan.Writer is FixedSchema { Size: var size } ? reader => reader.ReadDecimalFixed(scale, size) : reader => reader.ReadDecimal(scale);
    }

    public static AvroRead<T> Integer<T>(ReadPlan.Scalar plan)
        where T : struct, IBinaryInteger<T> => plan.Writer.Kind is AvroKind.Int ? static reader => T.CreateChecked(reader.ReadInt()) : static reader => T.CreateChecked(reader.ReadLong());

    public static AvroRead<float> Float(ReadPlan.Scalar plan) => plan.Writer.Kind switch
    {
        AvroKind.Int => static reader => reader.ReadInt(),
        AvroKind.Long => static reader => reader.ReadLong(),
        _ => static reader => reader.ReadFloat(),
    };

    public static AvroRead<double> Double(ReadPlan.Scalar plan) => plan.Writer.Kind switch
    {
        AvroKind.Int => static reader => reader.ReadInt(),
        AvroKind.Long => static reader => reader.ReadLong(),
        AvroKind.Float => static reader => reader.ReadFloat(),
        _ => static reader => reader.ReadDouble(),
    };

    public static AvroRead<DateTimeOffset> Moment(ReadPlan.Scalar plan) => ScalarTypes.Unit(plan.Writer, plan.Reader) switch
    {
        LogicalKind.TimestampMillis => Long(plan, AvroTimes.OffsetFromMillis),
        LogicalKind.TimestampMicros => Long(plan, AvroTimes.OffsetFromMicros),
        _ => Long(plan, AvroTimes.OffsetFromNanos),
    };

    public static AvroRead<DateTime> Time(ReadPlan.Scalar plan) => ScalarTypes.Unit(plan.Writer, plan.Reader) switch
    {
        LogicalKind.TimestampMillis => Long(plan, AvroTimes.UtcFromMillis),
        LogicalKind.TimestampMicros => Long(plan, AvroTimes.UtcFromMicros),
        LogicalKind.TimestampNanos => Long(plan, AvroTimes.UtcFromNanos),
        LogicalKind.LocalTimestampMillis => Long(plan, AvroTimes.LocalFromMillis),
        LogicalKind.LocalTimestampMicros => Long(plan, AvroTimes.LocalFromMicros),
        _ => Long(plan, AvroTimes.LocalFromNanos),
    };

    public static AvroRead<DateOnly> Date(ReadPlan.Scalar plan) => static reader => AvroTimes.DateFromDays(reader.ReadInt());

    public static AvroRead<TimeOnly> TimeOfDay(ReadPlan.Scalar plan) => ScalarTypes.Unit(plan.Writer, plan.Reader) is LogicalKind.TimeMillis
        ? Long(plan, static value => AvroTimes.TimeFromMillis((int)value))
        : Long(plan, AvroTimes.TimeFromMicros);

    public static AvroRead<TimeSpan> Span(ReadPlan.Scalar plan) => plan.Reader.Kind is AvroKind.Fixed ? static reader => reader.ReadDuration()
        : ScalarTypes.Unit(plan.Writer, plan.Reader) is LogicalKind.TimeMillis ? Long(plan, static value => AvroTimes.SpanFromMillis((int)value))
        : Long(plan, AvroTimes.SpanFromMicros);

    private static AvroRead<T> Long<T>(ReadPlan.Scalar plan, Func<long, T> from) => plan.Writer.Kind is AvroKind.Int ? reader => from(reader.ReadInt()) : reader => from(reader.ReadLong());
}

using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;
using static System.Linq.Expressions.Expression;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>Code that reads a value without parts: as it was written, promoted to what is wanted, as the type has it.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class ScalarReadEmitter(ParameterExpression reader)
{
    public Expression Emit(ReadPlan.Scalar plan)
    {
        var (type, writer, wanted) = (plan.Type, plan.Writer, plan.Reader);
        if (type == typeof(string)) return Read(nameof(AvroReader.ReadString));
        if (type == typeof(byte[])) return writer is FixedSchema { Size: var size } ? Read(nameof(AvroReader.ReadFixed), Constant(size)) : Read(nameof(AvroReader.ReadBytes));
        if (type == typeof(bool)) return Read(nameof(AvroReader.ReadBoolean));
        if (type == typeof(Guid)) return Read(writer.Kind is AvroKind.Fixed ? nameof(AvroReader.ReadGuidBytes) : nameof(AvroReader.ReadGuid));
        if (type == typeof(decimal)) return EmitDecimal(writer, wanted);
        if (wanted.Kind is AvroKind.Fixed) return Read(nameof(AvroReader.ReadDuration));

        var number = Number(writer.Kind);
        if (ScalarTypes.IsInteger(type)) return number.Type == type ? number : ConvertChecked(number, type);
        return wanted.Kind is AvroKind.Float or AvroKind.Double ? (number.Type == type ? number : Convert(number, type)) : EmitTime(type, ScalarTypes.Unit(writer, wanted), number);
    }

    private MethodCallExpression EmitDecimal(AvroSchema writer, AvroSchema wanted)
    {
        var scale = Constant(wanted.Logical.Scale);
        return writer is FixedSchema { Size: var size } ? Read(nameof(AvroReader.ReadDecimalFixed), scale, Constant(size)) : Read(nameof(AvroReader.ReadDecimal), scale);
    }

    private static MethodCallExpression EmitTime(Type type, LogicalKind unit, Expression number)
    {
        var isOffset = type == typeof(DateTimeOffset);
        var isSpan = type == typeof(TimeSpan);
        var name = unit switch
        {
            LogicalKind.Date => nameof(AvroTimes.DateFromDays),
            LogicalKind.TimeMillis => isSpan ? nameof(AvroTimes.SpanFromMillis) : nameof(AvroTimes.TimeFromMillis),
            LogicalKind.TimeMicros => isSpan ? nameof(AvroTimes.SpanFromMicros) : nameof(AvroTimes.TimeFromMicros),
            LogicalKind.TimestampMillis => isOffset ? nameof(AvroTimes.OffsetFromMillis) : nameof(AvroTimes.UtcFromMillis),
            LogicalKind.TimestampMicros => isOffset ? nameof(AvroTimes.OffsetFromMicros) : nameof(AvroTimes.UtcFromMicros),
            LogicalKind.TimestampNanos => isOffset ? nameof(AvroTimes.OffsetFromNanos) : nameof(AvroTimes.UtcFromNanos),
            LogicalKind.LocalTimestampMillis => nameof(AvroTimes.LocalFromMillis),
            LogicalKind.LocalTimestampMicros => nameof(AvroTimes.LocalFromMicros),
            _ => nameof(AvroTimes.LocalFromNanos),
        };
        var method = typeof(AvroTimes).GetMethod(name)!;
        var parameter = method.GetParameters()[0].ParameterType;
        return Call(method, number.Type == parameter ? number : Convert(number, parameter));
    }

    private MethodCallExpression Number(AvroKind kind) => Read(kind switch
    {
        AvroKind.Int => nameof(AvroReader.ReadInt),
        AvroKind.Long => nameof(AvroReader.ReadLong),
        AvroKind.Float => nameof(AvroReader.ReadFloat),
        _ => nameof(AvroReader.ReadDouble),
    });

    private MethodCallExpression Read(string method, params Expression[] arguments) => Call(reader, method, null, arguments);
}

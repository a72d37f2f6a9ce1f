using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>Code that reads a value without parts: as it was written, promoted to what is wanted, as the type has it.</summary>
/// <param name="code">The method.</param>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class ScalarReadEmitter(Code code)
{
    /// <summary>Loads the value.</summary>
    public void Emit(ReadPlan.Scalar plan)
    {
        var (type, writer, wanted) = (plan.Type, plan.Writer, plan.Reader);
        code.IL.Emit(OpCodes.Ldarg_1);
        if (type == typeof(string)) Read(nameof(AvroReader.ReadString));
        else if (type == typeof(bool)) Read(nameof(AvroReader.ReadBoolean));
        else if (type == typeof(byte[])) EmitBytes(writer);
        else if (type == typeof(Guid)) Read(writer.Kind is AvroKind.Fixed ? nameof(AvroReader.ReadGuidBytes) : nameof(AvroReader.ReadGuid));
        else if (type == typeof(decimal)) EmitDecimal(writer, wanted);
        else if (wanted.Kind is AvroKind.Fixed) Read(nameof(AvroReader.ReadDuration));
        else EmitNumber(type, writer, wanted);
    }

    private void EmitBytes(AvroSchema writer)
    {
        if (writer is FixedSchema @fixed)
        {
            code.Number(@fixed.Size);
            Read(nameof(AvroReader.ReadFixed));
        }
        else
        {
            Read(nameof(AvroReader.ReadBytes));
        }
    }

    private void EmitDecimal(AvroSchema writer, AvroSchema wanted)
    {
        code.Number(wanted.Logical.Scale);
        if (writer is FixedSchema @fixed)
        {
            code.Number(@fixed.Size);
            Read(nameof(AvroReader.ReadDecimalFixed));
        }
        else
        {
            Read(nameof(AvroReader.ReadDecimal));
        }
    }

    private void EmitNumber(Type type, AvroSchema writer, AvroSchema wanted)
    {
        Read(writer.Kind switch
        {
            AvroKind.Int => nameof(AvroReader.ReadInt),
            AvroKind.Long => nameof(AvroReader.ReadLong),
            AvroKind.Float => nameof(AvroReader.ReadFloat),
            _ => nameof(AvroReader.ReadDouble),
        });
        if (ScalarTypes.IsInteger(type)) EmitInteger(type, writer.Kind);
        else if (wanted.Kind is AvroKind.Float) EmitUnless(writer.Kind is AvroKind.Float, OpCodes.Conv_R4);
        else if (wanted.Kind is AvroKind.Double) EmitUnless(writer.Kind is AvroKind.Double, OpCodes.Conv_R8);
        else EmitTime(type, writer, wanted);
    }

    /// <summary>What the type of the member can't hold is an error.</summary>
    private void EmitInteger(Type type, AvroKind written)
    {
        var wanted = Type.GetTypeCode(type);
        if (wanted == (written is AvroKind.Int ? TypeCode.Int32 : TypeCode.Int64)) return;

        code.IL.Emit(wanted switch
        {
            TypeCode.SByte => OpCodes.Conv_Ovf_I1,
            TypeCode.Byte => OpCodes.Conv_Ovf_U1,
            TypeCode.Int16 => OpCodes.Conv_Ovf_I2,
            TypeCode.UInt16 => OpCodes.Conv_Ovf_U2,
            TypeCode.Int32 => OpCodes.Conv_Ovf_I4,
            TypeCode.UInt32 => OpCodes.Conv_Ovf_U4,
            TypeCode.Int64 => OpCodes.Conv_I8,
            _ => OpCodes.Conv_Ovf_U8,
        });
    }

    private void EmitTime(Type type, AvroSchema writer, AvroSchema wanted)
    {
        var unit = ScalarTypes.Unit(writer, wanted);
        if (unit is LogicalKind.Date or LogicalKind.TimeMillis) EmitUnless(writer.Kind is AvroKind.Int, OpCodes.Conv_I4);
        else EmitUnless(writer.Kind is AvroKind.Long, OpCodes.Conv_I8);

        var isOffset = type == typeof(DateTimeOffset);
        var isSpan = type == typeof(TimeSpan);
        code.Call(typeof(AvroTimes), unit switch
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
        });
    }

    private void EmitUnless(bool isDone, OpCode conversion)
    {
        if (!isDone) code.IL.Emit(conversion);
    }

    private void Read(string method) => code.Call(typeof(AvroReader), method);
}

using System.Diagnostics.CodeAnalysis;
using System.Reflection.Emit;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>Code that writes a value without parts.</summary>
/// <param name="code">The method.</param>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class ScalarWriteEmitter(Code code)
{
    /// <param name="plan">How it is written.</param>
    /// <param name="value">The value, which is not null.</param>
    public void Emit(WritePlan.Scalar plan, LocalBuilder value)
    {
        var (type, schema) = (plan.Type, plan.Schema);
        code.IL.Emit(OpCodes.Ldarg_1);
        code.IL.Emit(OpCodes.Ldloc, value);
        if (type == typeof(string)) Write(nameof(AvroWriter.WriteString));
        else if (type == typeof(byte[])) EmitBytes(schema);
        else if (type == typeof(decimal)) EmitDecimal(schema);
        else if (type == typeof(Guid)) Write(schema.Kind is AvroKind.Fixed ? nameof(AvroWriter.WriteGuidBytes) : nameof(AvroWriter.WriteGuid));
        else EmitNumber(type, schema);
    }

    private void EmitBytes(AvroSchema schema)
    {
        if (schema is FixedSchema @fixed)
        {
            code.Number(@fixed.Size);
            Write(nameof(AvroWriter.WriteFixed));
        }
        else
        {
            Write(nameof(AvroWriter.WriteBytes));
        }
    }

    private void EmitDecimal(AvroSchema schema)
    {
        code.Number(schema.Logical.Precision);
        code.Number(schema.Logical.Scale);
        if (schema is FixedSchema @fixed)
        {
            code.Number(@fixed.Size);
            Write(nameof(AvroWriter.WriteDecimalFixed));
        }
        else
        {
            Write(nameof(AvroWriter.WriteDecimal));
        }
    }

    private void EmitNumber(Type type, AvroSchema schema)
    {
        switch (schema.Kind)
        {
            case AvroKind.Boolean:
                Write(nameof(AvroWriter.WriteBoolean));
                break;
            case AvroKind.Float:
                Write(nameof(AvroWriter.WriteFloat));
                break;
            case AvroKind.Double:
                code.IL.Emit(OpCodes.Conv_R8);
                Write(nameof(AvroWriter.WriteDouble));
                break;
            case AvroKind.Fixed:
                Write(nameof(AvroWriter.WriteDuration));
                break;
            case AvroKind.Int:
                if (ScalarTypes.IsInteger(type)) EmitInt(type);
                else EmitTime(type, schema.Logical.Kind);
                Write(nameof(AvroWriter.WriteInt));
                break;
            default:
                if (ScalarTypes.IsInteger(type)) EmitLong(type);
                else EmitTime(type, schema.Logical.Kind);
                Write(nameof(AvroWriter.WriteLong));
                break;
        }
    }

    /// <summary>What an int can't hold is an error.</summary>
    private void EmitInt(Type type)
    {
        switch (Type.GetTypeCode(type))
        {
            case TypeCode.UInt32 or TypeCode.UInt64:
                code.IL.Emit(OpCodes.Conv_Ovf_I4_Un);
                break;
            case TypeCode.Int64:
                code.IL.Emit(OpCodes.Conv_Ovf_I4);
                break;
        }
    }

    /// <summary>What a long can't hold is an error.</summary>
    private void EmitLong(Type type)
    {
        switch (Type.GetTypeCode(type))
        {
            case TypeCode.UInt64:
                code.IL.Emit(OpCodes.Conv_Ovf_I8_Un);
                break;
            case TypeCode.Byte or TypeCode.UInt16 or TypeCode.UInt32:
                code.IL.Emit(OpCodes.Conv_U8);
                break;
            case TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32:
                code.IL.Emit(OpCodes.Conv_I8);
                break;
        }
    }

    private void EmitTime(Type type, LogicalKind logical)
    {
        var name = logical switch
        {
            LogicalKind.Date => nameof(AvroTimes.Days),
            LogicalKind.TimeMillis or LogicalKind.TimestampMillis => nameof(AvroTimes.Millis),
            LogicalKind.TimeMicros or LogicalKind.TimestampMicros => nameof(AvroTimes.Micros),
            LogicalKind.TimestampNanos => nameof(AvroTimes.Nanos),
            LogicalKind.LocalTimestampMillis => nameof(AvroTimes.LocalMillis),
            LogicalKind.LocalTimestampMicros => nameof(AvroTimes.LocalMicros),
            _ => nameof(AvroTimes.LocalNanos),
        };
        code.IL.Emit(OpCodes.Call, typeof(AvroTimes).GetMethod(name, [type])!);
    }

    private void Write(string method) => code.Call(typeof(AvroWriter), method);
}

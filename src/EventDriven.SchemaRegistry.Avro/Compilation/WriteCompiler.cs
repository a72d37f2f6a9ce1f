using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Metadata;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>Turns a plan into code that writes. One method for the event with all that it has in it, but for records that stand in several places. Not thread-safe.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class WriteCompiler
{
    private readonly CodeUnit _unit;
    private readonly Code _code;
    private readonly ILGenerator _il;

    private WriteCompiler(CodeUnit unit, Code code)
    {
        _unit = unit;
        _code = code;
        _il = code.IL;
    }

    /// <param name="plan">The plan of the type.</param>
    public static AvroWrite<T> Compile<T>(WritePlan plan)
    {
        var unit = new CodeUnit();
        var code = Begin(unit, typeof(T));
        new WriteCompiler(unit, code).EmitMethod(plan, isBody: false);
        return (AvroWrite<T>)unit.Complete(code, typeof(AvroWrite<T>));
    }

    private static Code Begin(CodeUnit unit, Type type) => unit.Begin("Write" + type.Name, null, typeof(object[]), typeof(AvroWriter), type);

    private void EmitMethod(WritePlan plan, bool isBody)
    {
        var value = _il.DeclareLocal(plan.Type);
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Stloc, value);
        if (isBody) EmitBody((WritePlan.Record)plan, value);
        else Emit(plan, value);
        _il.Emit(OpCodes.Ret);
    }

    private void Emit(WritePlan plan, LocalBuilder value)
    {
        switch (plan)
        {
            case WritePlan.Scalar scalar:
                if (!scalar.Type.IsValueType) _code.FailIfNull(value, scalar.Schema.NullReason);
                new ScalarWriteEmitter(_code).Emit(scalar, value);
                break;
            case WritePlan.Record { IsShared: true } record:
                EmitCall(record, value);
                break;
            case WritePlan.Record record:
                EmitBody(record, value);
                break;
            case WritePlan.Union union:
                EmitUnion(union, value);
                break;
            case WritePlan.Enum @enum:
                EmitEnum(@enum, value);
                break;
            case WritePlan.Sequence sequence:
                EmitSequence(sequence, value);
                break;
            case WritePlan.Map map:
                EmitMap(map, value);
                break;
            case WritePlan.Case @case:
                EmitCase(@case, value);
                break;
            case WritePlan.Null:
                EmitNull(value);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(plan), plan, null);
        }
    }

    private void EmitNull(LocalBuilder value)
    {
        if (value.LocalType.IsValueType && Nullable.GetUnderlyingType(value.LocalType) is null) return;

        var isNull = _il.DefineLabel();
        LoadIsThere(value);
        _il.Emit(OpCodes.Brfalse, isNull);
        _code.Fail(typeof(AvroWriter), "there is a value where the schema has only null");
        _il.MarkLabel(isNull);
    }

    private void EmitEnum(WritePlan.Enum plan, LocalBuilder value)
    {
        var (values, indexes) = (new long[plan.Indexes.Length], new int[plan.Indexes.Length]);
        for (var i = 0; i < values.Length; i++) (values[i], indexes[i]) = (Bits(plan.Indexes[i].Value), plan.Indexes[i].Index);

        _il.Emit(OpCodes.Ldarg_1);
        _code.Object(new SymbolTable(values, indexes, $"the value is none of {plan.Type} that the schema has a symbol for"), typeof(SymbolTable));
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(Type.GetTypeCode(plan.Type) is TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
        _code.Call(typeof(SymbolTable), nameof(SymbolTable.IndexOf));
        _code.Call(typeof(AvroWriter), nameof(AvroWriter.WriteInt));
    }

    private void EmitCall(WritePlan.Record plan, LocalBuilder value)
    {
        if (!_unit.TryGetShared(plan, out var shared))
        {
            shared = Begin(_unit, plan.Type);
            _unit.Share(plan, shared);
            new WriteCompiler(_unit, shared).EmitMethod(plan, isBody: true);
        }

        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Call, shared.Method);
    }

    private void EmitBody(WritePlan.Record plan, LocalBuilder value)
    {
        if (!plan.Type.IsValueType) _code.FailIfNull(value, plan.Schema.NullReason);
        if (plan.IsShared)
        {
            _il.Emit(OpCodes.Ldarg_1);
            _code.Call(typeof(AvroWriter), nameof(AvroWriter.Enter));
        }

        foreach (var field in plan.Fields)
        {
            if (field.Member is { } member) Emit(field.Plan!, Load(value, ((ReflectedMember)member).Member, member.Type));
            else EmitBytes(field.Bytes!);
        }

        if (plan.IsShared)
        {
            _il.Emit(OpCodes.Ldarg_1);
            _code.Call(typeof(AvroWriter), nameof(AvroWriter.Leave));
        }
    }

    private void EmitBytes(byte[] bytes)
    {
        if (bytes.Length == 0) return;

        _il.Emit(OpCodes.Ldarg_1);
        _code.Object(bytes, typeof(byte[]));
        _code.Call(typeof(AvroWriter), nameof(AvroWriter.WriteEncoded));
    }

    private LocalBuilder Load(LocalBuilder value, MemberInfo member, Type type)
    {
        var local = _il.DeclareLocal(type);
        _code.Instance(value);
        if (member is PropertyInfo property) _code.Call(value.LocalType, property.GetMethod!);
        else _il.Emit(OpCodes.Ldfld, (FieldInfo)member);
        _il.Emit(OpCodes.Stloc, local);
        return local;
    }

    private void EmitUnion(WritePlan.Union plan, LocalBuilder value)
    {
        var end = _il.DefineLabel();
        var type = Nullable.GetUnderlyingType(plan.Type) ?? plan.Type;
        if (!plan.Type.IsValueType || type != plan.Type)
        {
            var isThere = _il.DefineLabel();
            LoadIsThere(value);
            _il.Emit(OpCodes.Brtrue, isThere);
            if (plan.NullIndex >= 0) EmitIndex(plan.NullIndex);
            else _code.Fail(typeof(AvroWriter), plan.Schema.NullReason);
            _il.Emit(OpCodes.Br, end);
            _il.MarkLabel(isThere);
        }

        foreach (var branch in plan.Cases)
        {
            var next = _il.DefineLabel();
            // A struct is of no other type than its own.
            var isCertain = type.IsValueType || (plan.Cases.Length == 1 && type == branch.Plan.Type);
            if (!isCertain) EmitUnless(value, branch.Plan.Type, next);
            EmitIndex(branch.Index);
            Emit(branch.Plan, Unwrap(value, branch.Plan.Type));
            _il.Emit(OpCodes.Br, end);
            _il.MarkLabel(next);
        }

        _code.Fail(typeof(AvroWriter), $"the value is of none of the types that {plan.Schema.Display} has");
        _il.MarkLabel(end);
    }

    private void EmitCase(WritePlan.Case plan, LocalBuilder value)
    {
        var (otherwise, end) = (_il.DefineLabel(), _il.DefineLabel());
        if (plan.Type.IsValueType)
        {
            LoadIsThere(value);
            _il.Emit(OpCodes.Brfalse, otherwise);
        }
        else
        {
            EmitUnless(value, plan.Plan.Type, otherwise);
        }

        Emit(plan.Plan, Unwrap(value, plan.Plan.Type));
        _il.Emit(OpCodes.Br, end);
        _il.MarkLabel(otherwise);
        _code.Fail(typeof(AvroWriter), plan.Type.IsValueType ? plan.Schema.NullReason : $"the value is no {plan.Plan.Type}, which is all that the schema has");
        _il.MarkLabel(end);
    }

    private void EmitSequence(WritePlan.Sequence plan, LocalBuilder value) =>
        new CollectionWriteEmitter(_code, plan.Shape.Item, item => Emit(plan.Item, item), plan.Schema.NullReason).Emit(value);

    private void EmitMap(WritePlan.Map plan, LocalBuilder value)
    {
        var entry = typeof(KeyValuePair<,>).MakeGenericType(typeof(string), plan.Shape.Item);
        new CollectionWriteEmitter(_code, entry, item =>
        {
            var key = Load(item, entry.GetProperty("Key")!, typeof(string));
            _il.Emit(OpCodes.Ldarg_1);
            _il.Emit(OpCodes.Ldloc, key);
            _code.Call(typeof(AvroWriter), nameof(AvroWriter.WriteString));
            Emit(plan.Value, Load(item, entry.GetProperty("Value")!, plan.Shape.Item));
        }, plan.Schema.NullReason).Emit(value);
    }

    private void EmitIndex(int index)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _code.Number(index);
        _code.Call(typeof(AvroWriter), nameof(AvroWriter.WriteInt));
    }

    private void EmitUnless(LocalBuilder value, Type type, Label target)
    {
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Isinst, type);
        _il.Emit(OpCodes.Brfalse, target);
    }

    /// <summary>Loads whether there is a value where null may be.</summary>
    private void LoadIsThere(LocalBuilder value)
    {
        if (value.LocalType.IsValueType)
        {
            _code.Instance(value);
            _il.Emit(OpCodes.Call, value.LocalType.GetProperty(nameof(Nullable<>.HasValue))!.GetMethod!);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, value);
        }
    }

    /// <summary>A value as what it is known to be.</summary>
    private LocalBuilder Unwrap(LocalBuilder value, Type type)
    {
        if (value.LocalType == type) return value;

        var local = _il.DeclareLocal(type);
        _code.Instance(value);
        if (value.LocalType.IsValueType) _il.Emit(OpCodes.Call, value.LocalType.GetMethod(nameof(Nullable<>.GetValueOrDefault), Type.EmptyTypes)!);
        else _il.Emit(OpCodes.Unbox_Any, type);
        _il.Emit(OpCodes.Stloc, local);
        return local;
    }

    private static long Bits(object value) => value is IConvertible number && number.GetTypeCode() is TypeCode.UInt64 ? unchecked((long)number.ToUInt64(null)) : Convert.ToInt64(value, null);
}

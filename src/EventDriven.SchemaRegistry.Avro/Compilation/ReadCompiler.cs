using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Metadata;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>Turns a plan into code that reads. One method for the event with all that it has in it, but for records that stand in several places. Not thread-safe.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class ReadCompiler
{
    private readonly CodeUnit _unit;
    private readonly Code _code;
    private readonly ILGenerator _il;

    private ReadCompiler(CodeUnit unit, Code code)
    {
        _unit = unit;
        _code = code;
        _il = code.IL;
    }

    /// <param name="plan">The plan of the type.</param>
    public static AvroRead<T> Compile<T>(ReadPlan plan)
    {
        var unit = new CodeUnit();
        var code = Begin(unit, typeof(T));
        new ReadCompiler(unit, code).EmitMethod(plan, isBody: false);
        return (AvroRead<T>)unit.Complete(code, typeof(AvroRead<T>));
    }

    private static Code Begin(CodeUnit unit, Type type) => unit.Begin("Read" + type.Name, type, typeof(object[]), typeof(AvroReader));

    private void EmitMethod(ReadPlan plan, bool isBody)
    {
        if (isBody) EmitBody((ReadPlan.Record)plan);
        else Emit(plan);
        _il.Emit(OpCodes.Ret);
    }

    /// <summary>Loads the value.</summary>
    private void Emit(ReadPlan plan)
    {
        switch (plan)
        {
            case ReadPlan.Scalar scalar:
                new ScalarReadEmitter(_code).Emit(scalar);
                break;
            case ReadPlan.Record { IsShared: true } record:
                EmitCall(record);
                break;
            case ReadPlan.Record record:
                EmitBody(record);
                break;
            case ReadPlan.Union union:
                EmitUnion(union);
                break;
            case ReadPlan.Case @case:
                Emit(@case.Plan);
                _code.Convert(@case.Plan.Type, @case.Type);
                break;
            case ReadPlan.Null:
                _code.Default(plan.Type);
                break;
            case ReadPlan.Enum @enum:
                EmitEnum(@enum);
                break;
            case ReadPlan.Sequence sequence:
                new CollectionReadEmitter(_code, Emit).Emit(sequence);
                break;
            case ReadPlan.Map map:
                new CollectionReadEmitter(_code, Emit).Emit(map);
                break;
            case ReadPlan.Default @default:
                EmitDefault(@default);
                break;
            case ReadPlan.Error error:
                EmitError(error);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(plan), plan, null);
        }
    }

    private void EmitError(ReadPlan.Error plan)
    {
        _code.Fail(typeof(AvroReader), plan.Reason);
        _code.Default(plan.Type);
    }

    private void EmitDefault(ReadPlan.Default plan)
    {
        var (here, value) = (_il.DeclareLocal(typeof((byte[], int, int))), _il.DeclareLocal(plan.Type));
        _il.Emit(OpCodes.Ldarg_1);
        _code.Object(plan.Bytes, typeof(byte[]));
        _code.Call(typeof(AvroReader), nameof(AvroReader.Turn));
        _il.Emit(OpCodes.Stloc, here);
        Emit(plan.Plan);
        _il.Emit(OpCodes.Stloc, value);
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldloc, here);
        _code.Call(typeof(AvroReader), nameof(AvroReader.Return));
        _il.Emit(OpCodes.Ldloc, value);
    }

    private void EmitEnum(ReadPlan.Enum plan)
    {
        var values = Array.CreateInstance(plan.Type, plan.Values.Length);
        string?[]? unknown = null;
        for (var i = 0; i < plan.Values.Length; i++)
        {
            if (plan.Values[i] is { } value) values.SetValue(value, i);
            else (unknown ??= new string?[plan.Values.Length])[i] = plan.Symbols[i];
        }

        _code.Object(values, values.GetType());
        _il.Emit(OpCodes.Ldarg_1);
        if (unknown is null)
        {
            _code.Number(values.Length);
            _code.Call(typeof(AvroReader), nameof(AvroReader.ReadIndex));
        }
        else
        {
            _code.Object(unknown, typeof(string?[]));
            _code.Call(typeof(ReadHelpers), nameof(ReadHelpers.ReadSymbol));
        }

        _il.Emit(OpCodes.Ldelem, plan.Type);
    }

    private void EmitUnion(ReadPlan.Union plan)
    {
        var (value, end) = (_il.DeclareLocal(plan.Type), _il.DefineLabel());
        var labels = new Label[plan.Branches.Length];
        for (var i = 0; i < labels.Length; i++) labels[i] = _il.DefineLabel();

        _il.Emit(OpCodes.Ldarg_1);
        _code.Number(labels.Length);
        _code.Call(typeof(AvroReader), nameof(AvroReader.ReadIndex));
        _il.Emit(OpCodes.Switch, labels);
        // There is no other number: that was an error. A union without branches comes here.
        _code.Clear(value);
        _il.Emit(OpCodes.Br, end);
        for (var i = 0; i < labels.Length; i++)
        {
            _il.MarkLabel(labels[i]);
            Emit(plan.Branches[i]);
            _il.Emit(OpCodes.Stloc, value);
            _il.Emit(OpCodes.Br, end);
        }

        _il.MarkLabel(end);
        _il.Emit(OpCodes.Ldloc, value);
    }

    private void EmitCall(ReadPlan.Record plan)
    {
        if (!_unit.TryGetShared(plan, out var shared))
        {
            shared = Begin(_unit, plan.Type);
            _unit.Share(plan, shared);
            new ReadCompiler(_unit, shared).EmitMethod(plan, isBody: true);
        }

        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Call, shared.Method);
    }

    private void EmitBody(ReadPlan.Record plan)
    {
        if (plan.IsShared)
        {
            _il.Emit(OpCodes.Ldarg_1);
            _code.Call(typeof(AvroReader), nameof(AvroReader.Enter));
        }

        var locals = new LocalBuilder?[plan.Contract.Members.Length];
        foreach (var step in plan.Steps)
        {
            if (step.Skipped is not null)
            {
                EmitSkip(step.Skipped);
                continue;
            }

            Emit(step.Plan!);
            if (step.Member is null)
            {
                _il.Emit(OpCodes.Pop);
                continue;
            }

            var local = _il.DeclareLocal(step.Member.Type);
            _il.Emit(OpCodes.Stloc, local);
            locals[IndexOf(plan.Contract.Members, step.Member)] = local;
        }

        if (plan.IsShared)
        {
            _il.Emit(OpCodes.Ldarg_1);
            _code.Call(typeof(AvroReader), nameof(AvroReader.Leave));
        }

        EmitNew(plan, locals);
    }

    private void EmitNew(ReadPlan.Record plan, LocalBuilder?[] locals)
    {
        var made = _il.DeclareLocal(plan.Type);
        if (plan.Contract.Constructor is { } constructor)
        {
            foreach (var parameter in constructor.GetParameters()) EmitArgument(plan.Contract, parameter, locals);
            _il.Emit(OpCodes.Newobj, constructor);
            _il.Emit(OpCodes.Stloc, made);
        }
        else
        {
            _code.Clear(made);
        }

        for (var i = 0; i < locals.Length; i++)
        {
            var assigned = (ReflectedMember)plan.Contract.Members[i];
            if (locals[i] is not { } local || assigned.Parameter is not null) continue;

            _code.Instance(made);
            _il.Emit(OpCodes.Ldloc, local);
            if (assigned.Member is PropertyInfo property) _code.Call(plan.Type, property.SetMethod!);
            else _il.Emit(OpCodes.Stfld, (FieldInfo)assigned.Member);
        }

        _il.Emit(OpCodes.Ldloc, made);
    }

    /// <summary>What was read for the parameter, else its default.</summary>
    private void EmitArgument(TypeContract contract, ParameterInfo parameter, LocalBuilder?[] locals)
    {
        for (var i = 0; i < locals.Length; i++)
        {
            if (locals[i] is not { } local || ((ReflectedMember)contract.Members[i]).Parameter != parameter) continue;

            _il.Emit(OpCodes.Ldloc, local);
            return;
        }

        var type = parameter.ParameterType;
        if (parameter.HasDefaultValue && parameter.DefaultValue is { } value) _code.Object((Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } @enum ? Enum.ToObject(@enum, value) : value, type);
        else _code.Default(type);
    }

    private static int IndexOf(TypeMember[] members, TypeMember member)
    {
        var index = 0;
        while (members[index] != member) index++;
        return index;
    }

    private void EmitSkip(AvroSchema schema)
    {
        if (schema.Kind is AvroKind.Null) return;

        _il.Emit(OpCodes.Ldarg_1);
        switch (schema.Kind)
        {
            case AvroKind.Int:
                _code.Call(typeof(AvroReader), nameof(AvroReader.ReadInt));
                _il.Emit(OpCodes.Pop);
                break;
            case AvroKind.Long:
                _code.Call(typeof(AvroReader), nameof(AvroReader.ReadLong));
                _il.Emit(OpCodes.Pop);
                break;
            case AvroKind.String or AvroKind.Bytes:
                _code.Call(typeof(AvroReader), nameof(AvroReader.SkipLengthAndBytes));
                break;
            default:
                _code.Object(schema, typeof(AvroSchema));
                _code.Call(typeof(AvroSkipper), nameof(AvroSkipper.Skip));
                break;
        }
    }
}

using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Runtime.InteropServices;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Metadata;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;
using static System.Linq.Expressions.Expression;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>Turns a plan into code that reads. One method for the event with all that it has in it, but for records that stand in several places. Not thread-safe.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class ReadCompiler
{
    private readonly ParameterExpression _reader = Parameter(typeof(AvroReader), "reader");
    private readonly Slots<ReadPlan.Record> _slots = new();
    private readonly bool _interpret;

    private ReadCompiler(bool interpret) => _interpret = interpret;

    /// <param name="plan">The plan of the type.</param>
    /// <param name="interpret">Whether to interpret the code in place of compiling it.</param>
    public static AvroRead<T> Compile<T>(ReadPlan plan, bool interpret = false) => (AvroRead<T>)new ReadCompiler(interpret).CompileLambda(typeof(T), plan, null);

    private Delegate CompileLambda(Type type, ReadPlan plan, ReadPlan.Record? self)
    {
        var body = plan is ReadPlan.Record record ? EmitRecord(record, isBody: record == self) : Emit(plan);
        return Lambda(typeof(AvroRead<>).MakeGenericType(type), body, _reader).Compile(_interpret);
    }

    private Expression Emit(ReadPlan plan) => plan switch
    {
        ReadPlan.Scalar scalar => new ScalarReadEmitter(_reader).Emit(scalar),
        ReadPlan.Enum @enum => EmitEnum(@enum),
        ReadPlan.Record record => EmitRecord(record, isBody: false),
        ReadPlan.Sequence sequence => EmitSequence(sequence),
        ReadPlan.Map map => EmitMap(map),
        ReadPlan.Union union => EmitUnion(union),
        ReadPlan.Case @case => Convert(Emit(@case.Plan), @case.Type),
        ReadPlan.Null => Default(plan.Type),
        ReadPlan.Default @default => EmitDefault(@default),
        ReadPlan.Error error => EmitError(error),
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan, null),
    };

    private static BlockExpression EmitError(ReadPlan.Error plan) =>
        Block(plan.Type, Call(typeof(AvroReader), nameof(AvroReader.Fail), null, Constant(plan.Reason)), Default(plan.Type));

    private BlockExpression EmitDefault(ReadPlan.Default plan)
    {
        var (here, value) = (Variable(typeof((byte[], int, int)), "here"), Variable(plan.Type, "value"));
        return Block(
            plan.Type,
            [here, value],
            Assign(here, Read(nameof(AvroReader.Turn), Constant(plan.Bytes))),
            Assign(value, Emit(plan.Plan)),
            Read(nameof(AvroReader.Return), here),
            value);
    }

    private MethodCallExpression EmitEnum(ReadPlan.Enum plan)
    {
        var values = Array.CreateInstance(plan.Type, plan.Values.Count);
        var unknown = new string?[plan.Values.Count];
        for (var i = 0; i < plan.Values.Count; i++)
        {
            if (plan.Values[i] is { } value) values.SetValue(value, i);
            else unknown[i] = plan.Symbols[i];
        }

        return Call(typeof(ReadHelpers), nameof(ReadHelpers.ReadEnum), [plan.Type], _reader, Constant(values), Constant(Array.TrueForAll(unknown, static symbol => symbol is null) ? null : unknown, typeof(string[])));
    }

    private Expression EmitUnion(ReadPlan.Union plan)
    {
        var index = Read(nameof(AvroReader.ReadIndex), Constant(plan.Branches.Count));
        if (plan.Branches.Count == 0) return Block(plan.Type, index, Default(plan.Type));
        if (plan.Branches.Count == 2) return Condition(Equal(index, Constant(0)), Emit(plan.Branches[0]), Emit(plan.Branches[1]), plan.Type);

        return Switch(plan.Type, index, Emit(plan.Branches[^1]), null, plan.Branches.SkipLast(1).Select((branch, i) => SwitchCase(Emit(branch), Constant(i))));
    }

    private Expression EmitRecord(ReadPlan.Record plan, bool isBody)
    {
        if (plan.IsShared && !isBody) return EmitCall(plan);

        var body = new List<Expression>();
        if (plan.IsShared) body.Add(Read(nameof(AvroReader.Enter)));

        var locals = new Dictionary<TypeMember, ParameterExpression>();
        foreach (var (member, step, skipped) in plan.Steps)
        {
            if (member is null)
            {
                body.Add(skipped is not null ? EmitSkip(skipped) : Emit(step!));
                continue;
            }

            var local = Variable(member.Type, member.Name);
            locals.Add(member, local);
            body.Add(Assign(local, Emit(step!)));
        }

        if (plan.IsShared) body.Add(Read(nameof(AvroReader.Leave)));
        body.Add(EmitNew(plan, locals));
        return Block(plan.Type, locals.Values, body);
    }

    private static Expression EmitNew(ReadPlan.Record plan, Dictionary<TypeMember, ParameterExpression> locals)
    {
        var contract = plan.Contract;
        var created = contract.Constructor is null
            ? New(plan.Type)
            : New(contract.Constructor, contract.Constructor.GetParameters().Select(parameter =>
            {
                var member = contract.Members.First(candidate => ((ReflectedMember)candidate).Parameter == parameter);
                return locals.TryGetValue(member, out var local) ? local
                    : parameter.HasDefaultValue && parameter.DefaultValue is { } value ? Constant(parameter.ParameterType.IsEnum ? System.Enum.ToObject(parameter.ParameterType, value) : value, parameter.ParameterType)
                    : (Expression)Default(parameter.ParameterType);
            }));
        var bindings = new List<MemberBinding>();
        foreach (var (member, local) in locals)
        {
            if (member is ReflectedMember { Parameter: null } assigned) bindings.Add(Bind(assigned.Member, local));
        }

        return bindings.Count == 0 ? created : MemberInit(created, bindings);
    }

    private InvocationExpression EmitCall(ReadPlan.Record plan) =>
        Invoke(_slots.Of(plan, typeof(AvroRead<>).MakeGenericType(plan.Type), () => CompileLambda(plan.Type, plan, plan)), _reader);

    private Expression EmitSkip(AvroSchema schema) => schema.Kind switch
    {
        AvroKind.Null => Empty(),
        AvroKind.Long => Read(nameof(AvroReader.ReadLong)),
        AvroKind.Int => Read(nameof(AvroReader.ReadInt)),
        AvroKind.String or AvroKind.Bytes => Read(nameof(AvroReader.SkipLengthAndBytes)),
        _ => Call(typeof(AvroSkipper), nameof(AvroSkipper.Skip), null, _reader, Constant(schema, typeof(AvroSchema))),
    };

    private Expression EmitSequence(ReadPlan.Sequence plan)
    {
        var item = plan.Shape.Item;
        var isImmutable = plan.Type.IsGenericType && plan.Type.GetGenericTypeDefinition() == typeof(ImmutableArray<>);
        if (plan.Type.IsArray || isImmutable)
        {
            var array = EmitArray(plan);
            return isImmutable ? Call(typeof(ImmutableCollectionsMarshal), nameof(ImmutableCollectionsMarshal.AsImmutableArray), [item], array) : array;
        }

        var (values, count) = (Variable(plan.Shape.Build, "values"), Variable(typeof(int), "count"));
        var create = EmitCreate(plan.Shape.Build, count);
        var collection = typeof(ICollection<>).MakeGenericType(item);
        var add = plan.Shape.Build.GetMethod("Add", [item]) is { } own ? (Func<Expression, Expression>)(read => Call(values, own, read)) : read => Call(Convert(values, collection), "Add", null, read);
        return EmitBlocks(
            plan.Type, plan.MinimumSize, [values], count, Convert(values, plan.Type),
            before: IfNull(values, create), each: add(Emit(plan.Item)), atEnd: IfNull(values, create));
    }

    private BlockExpression EmitArray(ReadPlan.Sequence plan)
    {
        var item = plan.Shape.Item;
        var (values, count, total) = (Variable(item.MakeArrayType(), "values"), Variable(typeof(int), "count"), Variable(typeof(int), "total"));
        return EmitBlocks(
            values.Type, plan.MinimumSize, [values, total], count, values,
            before: Assign(values, Call(typeof(AvroArrays), nameof(AvroArrays.Grow), [item], values, total, count)),
            each: Block(Assign(ArrayAccess(values, total), Emit(plan.Item)), PreIncrementAssign(total)),
            atEnd: Assign(values, Call(typeof(AvroArrays), nameof(AvroArrays.Trim), [item], values, total)));
    }

    private BlockExpression EmitMap(ReadPlan.Map plan)
    {
        var (values, count, key) = (Variable(plan.Shape.Build, "values"), Variable(typeof(int), "count"), Variable(typeof(string), "key"));
        var create = EmitCreate(plan.Shape.Build, count);
        var map = typeof(IDictionary<,>).MakeGenericType(typeof(string), plan.Shape.Item);
        var own = plan.Shape.Build.GetProperty("Item", plan.Shape.Item, [typeof(string)]);
        var at = own is not null ? Property(values, own, key) : Property(Convert(values, map), map.GetProperty("Item")!, key);
        return EmitBlocks(
            plan.Type, plan.MinimumSize == int.MaxValue ? int.MaxValue : plan.MinimumSize + 1, [values, key], count, Convert(values, plan.Type),
            before: IfNull(values, create),
            each: Block(Assign(key, Read(nameof(AvroReader.ReadString))), Assign(at, Emit(plan.Value))),
            atEnd: IfNull(values, create));
    }

    private BlockExpression EmitBlocks(
        Type type, int minimumSize, ParameterExpression[] locals, ParameterExpression count, Expression result, Expression before, Expression each, Expression atEnd)
    {
        var (index, end, done, blockDone) = (Variable(typeof(int), "index"), Variable(typeof(int), "end"), Label(), Label());
        return Block(
            type,
            [.. locals, count, index, end],
            // A local in a loop around this one still has what was read before.
            Block(locals.Select(static local => Assign(local, Default(local.Type)))),
            Loop(Block(
                Assign(count, Read(nameof(AvroReader.ReadBlock), Constant(minimumSize), end)),
                IfThen(Equal(count, Constant(0)), Break(done)),
                before,
                Assign(index, Constant(0)),
                Loop(IfThenElse(LessThan(index, count), Block(each, PreIncrementAssign(index)), Break(blockDone)), blockDone),
                IfThen(GreaterThanOrEqual(end, Constant(0)), Read(nameof(AvroReader.EndBlock), end))), done),
            atEnd,
            result);
    }

    private static Expression IfNull(ParameterExpression values, Expression create) =>
        values.Type.IsValueType ? Empty() : IfThen(ReferenceEqual(values, Constant(null)), Assign(values, create));

    private static NewExpression EmitCreate(Type type, Expression count)
    {
        var sized = type.Assembly == typeof(List<>).Assembly || type.Assembly == typeof(HashSet<>).Assembly ? type.GetConstructor([typeof(int)]) : null;
        return sized is not null && sized.GetParameters()[0].Name == "capacity" ? New(sized, count) : New(type);
    }

    private MethodCallExpression Read(string method, params Expression[] arguments) => Call(_reader, method, null, arguments);
}

using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Metadata;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;
using static System.Linq.Expressions.Expression;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>Turns a plan into code that writes. One method for the event with all that it has in it, but for records that stand in several places. Not thread-safe.</summary>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class WriteCompiler
{
    private readonly ParameterExpression _writer = Parameter(typeof(AvroWriter), "writer");
    private readonly Slots<WritePlan.Record> _slots = new();
    private readonly bool _interpret;

    private WriteCompiler(bool interpret) => _interpret = interpret;

    /// <param name="plan">The plan of the type.</param>
    /// <param name="interpret">Whether to interpret the code in place of compiling it.</param>
    public static AvroWrite<T> Compile<T>(WritePlan plan, bool interpret = false) => (AvroWrite<T>)new WriteCompiler(interpret).CompileLambda(typeof(T), plan, null);

    private Delegate CompileLambda(Type type, WritePlan plan, WritePlan.Record? self)
    {
        var value = Parameter(type, "value");
        var body = plan is WritePlan.Record record ? EmitRecord(record, value, isBody: record == self) : Emit(plan, value);
        return Lambda(typeof(AvroWrite<>).MakeGenericType(type), body, _writer, value).Compile(_interpret);
    }

    /// <param name="plan">The plan.</param>
    /// <param name="value">Without side effects: it may stand in the code more than once.</param>
    private Expression Emit(WritePlan plan, Expression value) => plan switch
    {
        WritePlan.Scalar scalar => EmitScalar(scalar, value),
        WritePlan.Enum @enum => EmitEnum(@enum, value),
        WritePlan.Record record => EmitRecord(record, value, isBody: false),
        WritePlan.Sequence sequence => EmitSequence(sequence, value),
        WritePlan.Map map => EmitMap(map, value),
        WritePlan.Union union => EmitUnion(union, value),
        WritePlan.Case @case => EmitCase(@case, value),
        WritePlan.Null => plan.Type.IsValueType && Nullable.GetUnderlyingType(plan.Type) is null ? Empty() : IfThen(NotEqual(value, Constant(null, plan.Type)), Fail("there is a value where the schema has only null")),
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan, null),
    };

    private Expression EmitScalar(WritePlan.Scalar plan, Expression value)
    {
        var (type, schema) = (plan.Type, plan.Schema);
        if (type == typeof(string)) return WithValue(value, schema, text => Write(nameof(AvroWriter.WriteString), text));
        if (type == typeof(byte[]))
        {
            return WithValue(value, schema, bytes => schema is FixedSchema { Size: var size } ? Write(nameof(AvroWriter.WriteFixed), bytes, Constant(size)) : Write(nameof(AvroWriter.WriteBytes), bytes));
        }

        if (type == typeof(decimal))
        {
            var digits = new Expression[] { value, Constant(schema.Logical.Precision), Constant(schema.Logical.Scale) };
            return schema is FixedSchema { Size: var size } ? Write(nameof(AvroWriter.WriteDecimalFixed), [.. digits, Constant(size)]) : Write(nameof(AvroWriter.WriteDecimal), digits);
        }

        if (type == typeof(Guid)) return Write(schema.Kind is AvroKind.Fixed ? nameof(AvroWriter.WriteGuidBytes) : nameof(AvroWriter.WriteGuid), value);
        return schema.Kind switch
        {
            AvroKind.Boolean => Write(nameof(AvroWriter.WriteBoolean), value),
            AvroKind.Float => Write(nameof(AvroWriter.WriteFloat), value),
            AvroKind.Double => Write(nameof(AvroWriter.WriteDouble), Widen(value, typeof(double))),
            AvroKind.Fixed => Write(nameof(AvroWriter.WriteDuration), value),
            AvroKind.Int => Write(nameof(AvroWriter.WriteInt), ScalarTypes.IsInteger(type) ? Widen(value, typeof(int)) : Time(type, schema.Logical.Kind, value)),
            _ => Write(nameof(AvroWriter.WriteLong), ScalarTypes.IsInteger(type) ? Widen(value, typeof(long)) : Time(type, schema.Logical.Kind, value)),
        };
    }

    private static MethodCallExpression Time(Type type, LogicalKind logical, Expression value)
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
        return Call(typeof(AvroTimes).GetMethod(name, [type])!, value);
    }

    private MethodCallExpression EmitEnum(WritePlan.Enum plan, Expression value)
    {
        // Values are mostly numbered from zero; the table of others would be as long as the largest.
        var fail = Block(typeof(int), Fail($"the value is none of {plan.Type} that the schema has a symbol for"), Constant(0));
        var index = plan.Indexes.Count > 0 && plan.Indexes.All(static entry => ToNumber(entry.Value) is >= 0 and < 256)
            ? EmitTable(value, plan.Indexes, fail)
            : plan.Indexes.Count == 0 ? fail : (Expression)Switch(value, fail, [.. plan.Indexes.Select(entry => SwitchCase(Constant(entry.Index), Constant(entry.Value, plan.Type)))]);
        return Write(nameof(AvroWriter.WriteInt), index);
    }

    private static BlockExpression EmitTable(Expression value, IReadOnlyList<SymbolIndex> indexes, Expression fail)
    {
        var largest = 0L;
        foreach (var entry in indexes) largest = Math.Max(largest, ToNumber(entry.Value));

        var table = new int[largest + 1];
        Array.Fill(table, -1);
        foreach (var entry in indexes) table[ToNumber(entry.Value)] = entry.Index;

        var found = Variable(typeof(int), "index");
        var number64 = Convert(value, typeof(ulong));
        return Block(
            [found],
            Assign(found, Condition(LessThan(number64, Constant((ulong)table.Length)), ArrayIndex(Constant(table), Convert(value, typeof(int))), Constant(-1))),
            Condition(LessThan(found, Constant(0)), fail, found));
    }

    private Expression EmitRecord(WritePlan.Record plan, Expression value, bool isBody)
    {
        if (plan.IsShared && !isBody) return WithValue(value, plan.Schema, record => EmitCall(plan, record));

        return WithValue(value, plan.Schema, record =>
        {
            var body = new List<Expression>();
            if (plan.IsShared) body.Add(Call(_writer, nameof(AvroWriter.Enter), null));
            foreach (var (member, field, bytes) in plan.Fields)
            {
                if (member is null) body.Add(bytes!.Length == 0 ? Empty() : Call(_writer, typeof(AvroWriter).GetMethod(nameof(AvroWriter.WriteRaw), BindingFlags.Instance | BindingFlags.NonPublic, [typeof(byte[])])!, Constant(bytes)));
                else body.Add(WithLocal(MakeMemberAccess(record, ((ReflectedMember)member).Member), local => Emit(field!, local)));
            }

            if (plan.IsShared) body.Add(Call(_writer, nameof(AvroWriter.Leave), null));
            return body.Count == 0 ? Empty() : Block(typeof(void), body);
        });
    }

    private InvocationExpression EmitCall(WritePlan.Record plan, Expression value) =>
        Invoke(_slots.Of(plan, typeof(AvroWrite<>).MakeGenericType(plan.Type), () => CompileLambda(plan.Type, plan, plan)), _writer, value);

    private Expression EmitUnion(WritePlan.Union plan, Expression value)
    {
        var isNullable = !plan.Type.IsValueType || Nullable.GetUnderlyingType(plan.Type) is not null;
        Expression rest = Fail($"the value is of none of the types that {plan.Schema.Display} has");
        for (var i = plan.Cases.Count - 1; i >= 0; i--)
        {
            var (index, branch) = plan.Cases[i];
            var write = Block(typeof(void), Write(nameof(AvroWriter.WriteInt), Constant(index)), WithLocal(Unwrap(value, branch.Type), local => Emit(branch, local)));
            var isOnly = plan.Cases.Count == 1 && (Nullable.GetUnderlyingType(plan.Type) ?? plan.Type) == branch.Type;
            rest = isOnly ? write : IfThenElse(TypeIs(value, branch.Type), write, rest);
        }

        if (!isNullable) return rest;

        var isNull = plan.Type.IsValueType ? Not(Property(value, "HasValue")) : (Expression)ReferenceEqual(value, Constant(null));
        return IfThenElse(isNull, plan.NullIndex >= 0 ? Write(nameof(AvroWriter.WriteInt), Constant(plan.NullIndex)) : Fail(plan.Schema.NullReason), rest);
    }

    private ConditionalExpression EmitCase(WritePlan.Case plan, Expression value)
    {
        var write = WithLocal(Unwrap(value, plan.Plan.Type), local => Emit(plan.Plan, local));
        if (plan.Type.IsValueType) return IfThenElse(Property(value, "HasValue"), write, Fail(plan.Schema.NullReason));
        return IfThenElse(TypeIs(value, plan.Plan.Type), write, Fail($"the value is no {plan.Plan.Type}, which is all that the schema has"));
    }

    private Expression EmitSequence(WritePlan.Sequence plan, Expression value) => new SequenceEmitter(_writer, plan.Shape.Item, item => Emit(plan.Item, item)).Emit(plan.Type, value, Fail(plan.Schema.NullReason));

    private Expression EmitMap(WritePlan.Map plan, Expression value)
    {
        var entry = typeof(KeyValuePair<,>).MakeGenericType(typeof(string), plan.Shape.Item);
        return new SequenceEmitter(_writer, entry, item => Block(
            typeof(void),
            Write(nameof(AvroWriter.WriteString), Property(item, "Key")),
            WithLocal(Property(item, "Value"), local => Emit(plan.Value, local)))).Emit(plan.Type, value, Fail(plan.Schema.NullReason));
    }

    private static Expression WithValue(Expression value, AvroSchema schema, Func<Expression, Expression> emit) => value.Type.IsValueType
        ? emit(value)
        : WithLocal(value, local => Block(typeof(void), IfThen(ReferenceEqual(local, Constant(null)), Fail(schema.NullReason)), emit(local)));

    internal static Expression WithLocal(Expression value, Func<Expression, Expression> emit)
    {
        if (value is ParameterExpression) return emit(value);

        var local = Variable(value.Type);
        return Block(typeof(void), [local], Assign(local, value), emit(local));
    }

    private static Expression Unwrap(Expression value, Type type) =>
        value.Type == type ? value : Nullable.GetUnderlyingType(value.Type) == type ? Call(value, value.Type.GetMethod("GetValueOrDefault", Type.EmptyTypes)!) : Convert(value, type);

    private static Expression Widen(Expression value, Type type) => value.Type == type ? value : ConvertChecked(value, type);

    private MethodCallExpression Write(string method, params Expression[] arguments) => Call(_writer, method, null, arguments);

    private static MethodCallExpression Fail(string reason) => Call(typeof(AvroWriter), nameof(AvroWriter.Fail), null, Constant(reason));

    private static long ToNumber(object value) => value is IConvertible number && number.GetTypeCode() is TypeCode.UInt64 ? unchecked((long)number.ToUInt64(null)) : System.Convert.ToInt64(value, null);
}

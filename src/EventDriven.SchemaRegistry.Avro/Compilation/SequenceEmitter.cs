using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.InteropServices;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Types;
using static System.Linq.Expressions.Expression;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>Code that writes all items of a collection in one block: by number where it has them, else one after the other.</summary>
/// <param name="writer">The writer.</param>
/// <param name="item">The type of an item.</param>
/// <param name="emit">Code that writes an item.</param>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class SequenceEmitter(ParameterExpression writer, Type item, Func<Expression, Expression> emit)
{
    /// <param name="type">The type of the collection.</param>
    /// <param name="value">The collection.</param>
    /// <param name="isNull">What is done where there is none.</param>
    public Expression Emit(Type type, Expression value, Expression isNull)
    {
        var array = item.MakeArrayType();
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            value = Call(typeof(ImmutableCollectionsMarshal), nameof(ImmutableCollectionsMarshal.AsArray), [item], value);
            type = array;
        }

        var write = type.IsArray ? WriteCompiler.WithLocal(value, local => ByNumber(local, ArrayLength(local), index => ArrayIndex(local, index)))
            : Numbered(type) is { } indexer ? WriteCompiler.WithLocal(value, local => ByNumber(local, Count(local), index => Property(Cast(local, indexer), indexer, index)))
            : Counts(type) ? WriteCompiler.WithLocal(value, local => OneByOne(local, Count(local)))
            : Emit(array, Call(typeof(Enumerable), nameof(Enumerable.ToArray), [item], value), isNull);
        return value.Type.IsValueType ? write : IfThenElse(ReferenceEqual(value, Constant(null)), isNull, write);
    }

    private BlockExpression ByNumber(Expression collection, Expression length, Func<Expression, Expression> at)
    {
        var (index, count, done) = (Variable(typeof(int), "index"), Variable(typeof(int), "count"), Label());
        return Block(
            typeof(void),
            [index, count],
            Assign(count, length),
            IfThen(GreaterThan(count, Constant(0)), WriteLong(Convert(count, typeof(long)))),
            Assign(index, Constant(0)),
            Loop(IfThenElse(
                LessThan(index, count),
                Block(WriteCompiler.WithLocal(at(index), emit), PreIncrementAssign(index)),
                Break(done)), done),
            WriteLong(Constant(0L)));
    }

    private BlockExpression OneByOne(Expression collection, Expression length)
    {
        var (getEnumerator, moveNext, current) = Enumeration(collection.Type);
        var (enumerator, count, done) = (Variable(getEnumerator.ReturnType, "enumerator"), Variable(typeof(int), "count"), Label());
        return Block(
            typeof(void),
            [enumerator, count],
            Assign(count, length),
            IfThen(GreaterThan(count, Constant(0)), WriteLong(Convert(count, typeof(long)))),
            Assign(enumerator, Call(getEnumerator.DeclaringType!.IsAssignableFrom(collection.Type) && getEnumerator.DeclaringType != collection.Type ? Convert(collection, getEnumerator.DeclaringType) : collection, getEnumerator)),
            Loop(IfThenElse(
                Call(enumerator, moveNext),
                Block(WriteCompiler.WithLocal(Property(enumerator, current), emit), PreDecrementAssign(count)),
                Break(done)), done),
            IfThen(NotEqual(count, Constant(0)), Call(typeof(AvroWriter), nameof(AvroWriter.Fail), null, Constant("it had another number of items than it counted"))),
            WriteLong(Constant(0L)));
    }

    /// <summary>A collection's own enumerator is mostly a struct; that of an interface is an object for each event.</summary>
    private (MethodInfo GetEnumerator, MethodInfo MoveNext, PropertyInfo Current) Enumeration(Type type)
    {
        var own = type.GetMethod("GetEnumerator", BindingFlags.Public | BindingFlags.Instance, Type.EmptyTypes);
        if (own?.ReturnType is { IsByRefLike: false } returned && returned.GetMethod("MoveNext", Type.EmptyTypes) is { } moves && returned.GetProperty("Current") is { } current && current.PropertyType == item)
        {
            return (own, moves, current);
        }

        var enumerable = typeof(IEnumerable<>).MakeGenericType(item);
        var enumerator = typeof(IEnumerator<>).MakeGenericType(item);
        return (enumerable.GetMethod("GetEnumerator")!, typeof(System.Collections.IEnumerator).GetMethod("MoveNext")!, enumerator.GetProperty("Current")!);
    }

    private PropertyInfo? Numbered(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? type.GetProperty("Item", item, [typeof(int)])
        : Implements(type, typeof(IList<>)) ? typeof(IList<>).MakeGenericType(item).GetProperty("Item")
        : Implements(type, typeof(IReadOnlyList<>)) ? typeof(IReadOnlyList<>).MakeGenericType(item).GetProperty("Item")
        : null;

    private bool Counts(Type type) => Implements(type, typeof(ICollection<>)) || Implements(type, typeof(IReadOnlyCollection<>));

    private MemberExpression Count(Expression collection)
    {
        var own = collection.Type.GetProperty("Count", typeof(int));
        if (own is not null) return Property(collection, own);

        var counted = (Implements(collection.Type, typeof(ICollection<>)) ? typeof(ICollection<>) : typeof(IReadOnlyCollection<>)).MakeGenericType(item);
        return Property(Convert(collection, counted), "Count");
    }

    private bool Implements(Type type, Type definition) => definition.MakeGenericType(item).IsAssignableFrom(type);

    private static Expression Cast(Expression collection, PropertyInfo indexer) => collection.Type == indexer.DeclaringType ? collection : Convert(collection, indexer.DeclaringType!);

    private MethodCallExpression WriteLong(Expression value) => Call(writer, nameof(AvroWriter.WriteLong), null, value);
}

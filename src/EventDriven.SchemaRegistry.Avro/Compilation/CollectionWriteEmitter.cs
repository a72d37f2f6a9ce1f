using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Metadata;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>Code that writes all items of a collection in one block: by number where it has them, else one after the other.</summary>
/// <param name="code">The method.</param>
/// <param name="item">The type of an item.</param>
/// <param name="emit">Code that writes an item.</param>
/// <param name="nullReason">Why a collection that is not there can't be written.</param>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class CollectionWriteEmitter(Code code, Type item, Action<LocalBuilder> emit, string nullReason)
{
    private readonly ILGenerator _il = code.IL;

    /// <param name="values">The collection.</param>
    public void Emit(LocalBuilder values)
    {
        var type = values.LocalType;
        if (type.IsValueType)
        {
            Emit(CollectionShape.IsImmutableArray(type) ? AsArray(values) : Boxed(values));
            return;
        }

        code.FailIfNull(values, nullReason);
        if (type.IsArray) EmitByNumber(values, null);
        else if (Numbered(type) is { } indexer) EmitByNumber(values, indexer);
        else if (Implements(type, typeof(ICollection<>)) || Implements(type, typeof(IReadOnlyCollection<>))) EmitOneByOne(values);
        else EmitByNumber(Copy(values), null);
    }

    /// <param name="values">The collection.</param>
    /// <param name="indexer">How its items are found; null for an array.</param>
    private void EmitByNumber(LocalBuilder values, PropertyInfo? indexer)
    {
        var (count, index, value) = (_il.DeclareLocal(typeof(int)), _il.DeclareLocal(typeof(int)), _il.DeclareLocal(item));
        var (next, check) = (_il.DefineLabel(), _il.DefineLabel());
        LoadCount(values);
        _il.Emit(OpCodes.Stloc, count);
        WriteCount(count);
        code.Clear(index);
        _il.Emit(OpCodes.Br, check);
        _il.MarkLabel(next);
        _il.Emit(OpCodes.Ldloc, values);
        _il.Emit(OpCodes.Ldloc, index);
        if (indexer is null) _il.Emit(OpCodes.Ldelem, item);
        else _il.Emit(OpCodes.Callvirt, indexer.GetMethod!);
        _il.Emit(OpCodes.Stloc, value);
        emit(value);
        code.Add(index, 1);
        _il.MarkLabel(check);
        _il.Emit(OpCodes.Ldloc, index);
        _il.Emit(OpCodes.Ldloc, count);
        _il.Emit(OpCodes.Blt, next);
        WriteEnd();
    }

    private void EmitOneByOne(LocalBuilder values)
    {
        var (walk, begin, moveNext, current) = Enumeration(values.LocalType);
        var (count, enumerator, value) = (_il.DeclareLocal(typeof(int)), _il.DeclareLocal(walk), _il.DeclareLocal(item));
        var (next, done, isAll) = (_il.DefineLabel(), _il.DefineLabel(), _il.DefineLabel());
        LoadCount(values);
        _il.Emit(OpCodes.Stloc, count);
        WriteCount(count);
        _il.Emit(OpCodes.Ldloc, values);
        if (begin is ConstructorInfo constructor) _il.Emit(OpCodes.Newobj, constructor);
        else _il.Emit(OpCodes.Callvirt, (MethodInfo)begin);
        _il.Emit(OpCodes.Stloc, enumerator);
        _il.MarkLabel(next);
        code.Instance(enumerator);
        code.Call(enumerator.LocalType, moveNext);
        _il.Emit(OpCodes.Brfalse, done);
        code.Instance(enumerator);
        code.Call(enumerator.LocalType, current.GetMethod!);
        _il.Emit(OpCodes.Stloc, value);
        emit(value);
        code.Add(count, -1);
        _il.Emit(OpCodes.Br, next);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, count);
        _il.Emit(OpCodes.Brfalse, isAll);
        code.Fail(typeof(AvroWriter), "it had another number of items than it counted");
        _il.MarkLabel(isAll);
        WriteEnd();
    }

    /// <summary>A collection's own enumerator is mostly a struct; that of an interface is an object for each event.</summary>
    private (Type Walk, MethodBase Begin, MethodInfo MoveNext, PropertyInfo Current) Enumeration(Type type)
    {
        var own = type.GetMethod("GetEnumerator", BindingFlags.Public | BindingFlags.Instance, Type.EmptyTypes);
        if (own?.ReturnType is { IsByRefLike: false } returned && returned.GetMethod("MoveNext", Type.EmptyTypes) is { } moves && returned.GetProperty("Current") is { } current && current.PropertyType == item)
        {
            return (returned, own, moves, current);
        }

        var walk = item.IsGenericType && item.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) && item.GetGenericArguments() is [var key, var value] && key == typeof(string)
            ? typeof(AvroEntries<>).MakeGenericType(value)
            : typeof(AvroItems<>).MakeGenericType(item);
        return (walk, walk.GetConstructors()[0], walk.GetMethod(nameof(AvroItems<>.MoveNext))!, walk.GetProperty(nameof(AvroItems<>.Current))!);
    }

    private PropertyInfo? Numbered(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? type.GetProperty("Item", item, [typeof(int)])
        : Implements(type, typeof(IList<>)) ? typeof(IList<>).MakeGenericType(item).GetProperty("Item")
        : Implements(type, typeof(IReadOnlyList<>)) ? typeof(IReadOnlyList<>).MakeGenericType(item).GetProperty("Item")
        : null;

    private void LoadCount(LocalBuilder values)
    {
        var type = values.LocalType;
        _il.Emit(OpCodes.Ldloc, values);
        if (type.IsArray)
        {
            _il.Emit(OpCodes.Ldlen);
            _il.Emit(OpCodes.Conv_I4);
            return;
        }

        var counted = type.GetProperty("Count", typeof(int)) ?? Counted(type).GetProperty("Count")!;
        _il.Emit(OpCodes.Callvirt, counted.GetMethod!);
    }

    private Type Counted(Type type) => (Implements(type, typeof(ICollection<>)) ? typeof(ICollection<>) : typeof(IReadOnlyCollection<>)).MakeGenericType(item);

    /// <summary>By itself: the assembly of immutable collections is loaded only for who uses them.</summary>
    private LocalBuilder AsArray(LocalBuilder values) => ToArray(values, typeof(ImmutableCollectionsMarshal), nameof(ImmutableCollectionsMarshal.AsArray));

    /// <summary>What counts nothing is counted first. By itself, as above.</summary>
    private LocalBuilder Copy(LocalBuilder values) => ToArray(values, typeof(Enumerable), nameof(Enumerable.ToArray));

    private LocalBuilder ToArray(LocalBuilder values, Type owner, string method)
    {
        var array = _il.DeclareLocal(item.MakeArrayType());
        _il.Emit(OpCodes.Ldloc, values);
        code.Call(owner, method, item);
        _il.Emit(OpCodes.Stloc, array);
        return array;
    }

    private LocalBuilder Boxed(LocalBuilder values)
    {
        var type = values.LocalType;
        var definition = Implements(type, typeof(IList<>)) ? typeof(IList<>)
            : Implements(type, typeof(IReadOnlyList<>)) ? typeof(IReadOnlyList<>)
            : Implements(type, typeof(ICollection<>)) ? typeof(ICollection<>)
            : Implements(type, typeof(IReadOnlyCollection<>)) ? typeof(IReadOnlyCollection<>)
            : typeof(IEnumerable<>);
        var boxed = _il.DeclareLocal(definition.MakeGenericType(item));
        _il.Emit(OpCodes.Ldloc, values);
        _il.Emit(OpCodes.Box, type);
        _il.Emit(OpCodes.Stloc, boxed);
        return boxed;
    }

    private bool Implements(Type type, Type definition) => definition.MakeGenericType(item).IsAssignableFrom(type);

    /// <summary>No block without items.</summary>
    private void WriteCount(LocalBuilder count)
    {
        var isEmpty = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, count);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Ble, isEmpty);
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldloc, count);
        code.Call(typeof(AvroWriter), nameof(AvroWriter.WriteInt));
        _il.MarkLabel(isEmpty);
    }

    private void WriteEnd()
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4_0);
        code.Call(typeof(AvroWriter), nameof(AvroWriter.WriteInt));
    }
}

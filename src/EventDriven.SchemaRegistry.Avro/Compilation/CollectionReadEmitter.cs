using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Metadata;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>Code that reads collections, block by block.</summary>
/// <param name="code">The method.</param>
/// <param name="emit">Code that reads an item.</param>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class CollectionReadEmitter(Code code, Action<ReadPlan> emit)
{
    private readonly ILGenerator _il = code.IL;
    private readonly LocalBuilder _count = code.IL.DeclareLocal(typeof(int));

    /// <summary>Loads an array, list or set.</summary>
    public void Emit(ReadPlan.Sequence plan)
    {
        if (plan.Type.IsArray)
        {
            EmitArray(plan);
        }
        else if (plan.Type.IsValueType && CollectionShape.IsImmutableArray(plan.Type))
        {
            EmitArray(plan);
            EmitImmutable(plan.Shape.Item);
        }
        else
        {
            EmitSequence(plan);
        }
    }

    /// <summary>Loads a dictionary.</summary>
    public void Emit(ReadPlan.Map plan)
    {
        var (build, item) = (plan.Shape.Build, plan.Shape.Item);
        var set = (build.GetProperty("Item", item, [typeof(string)]) ?? typeof(IDictionary<,>).MakeGenericType(typeof(string), item).GetProperty("Item")!).SetMethod!;
        var (values, key, value) = (_il.DeclareLocal(build), _il.DeclareLocal(typeof(string)), _il.DeclareLocal(item));
        code.Clear(values);
        var blocks = BeginBlocks(plan.MinimumSize == int.MaxValue ? int.MaxValue : plan.MinimumSize + 1);
        EmitCreateOnce(values);
        var items = BeginItems();
        _il.Emit(OpCodes.Ldarg_1);
        code.Call(typeof(AvroReader), nameof(AvroReader.ReadString));
        _il.Emit(OpCodes.Stloc, key);
        emit(plan.Value);
        _il.Emit(OpCodes.Stloc, value);
        code.Instance(values);
        _il.Emit(OpCodes.Ldloc, key);
        _il.Emit(OpCodes.Ldloc, value);
        code.Call(build, set);
        EndItems(items);
        EndBlocks(blocks);
        EmitCreateOnce(values);
        _il.Emit(OpCodes.Ldloc, values);
        code.Convert(build, plan.Type);
    }

    private void EmitSequence(ReadPlan.Sequence plan)
    {
        var (build, item) = (plan.Shape.Build, plan.Shape.Item);
        var add = build.GetMethod("Add", [item]) ?? typeof(ICollection<>).MakeGenericType(item).GetMethod("Add")!;
        var (values, value) = (_il.DeclareLocal(build), _il.DeclareLocal(item));
        code.Clear(values);
        var blocks = BeginBlocks(plan.MinimumSize);
        EmitCreateOnce(values);
        var items = BeginItems();
        emit(plan.Item);
        _il.Emit(OpCodes.Stloc, value);
        code.Instance(values);
        _il.Emit(OpCodes.Ldloc, value);
        code.Call(build, add);
        if (add.ReturnType != typeof(void)) _il.Emit(OpCodes.Pop);
        EndItems(items);
        EndBlocks(blocks);
        EmitCreateOnce(values);
        _il.Emit(OpCodes.Ldloc, values);
        code.Convert(build, plan.Type);
    }

    private void EmitArray(ReadPlan.Sequence plan)
    {
        var item = plan.Shape.Item;
        var (values, value, total) = (_il.DeclareLocal(item.MakeArrayType()), _il.DeclareLocal(item), _il.DeclareLocal(typeof(int)));
        code.Clear(values);
        code.Clear(total);
        var blocks = BeginBlocks(plan.MinimumSize);
        _il.Emit(OpCodes.Ldloc, values);
        _il.Emit(OpCodes.Ldloc, total);
        _il.Emit(OpCodes.Ldloc, _count);
        code.Call(typeof(AvroArrays), nameof(AvroArrays.Grow), item);
        _il.Emit(OpCodes.Stloc, values);
        var items = BeginItems();
        emit(plan.Item);
        _il.Emit(OpCodes.Stloc, value);
        _il.Emit(OpCodes.Ldloc, values);
        _il.Emit(OpCodes.Ldloc, total);
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Stelem, item);
        code.Add(total, 1);
        EndItems(items);
        EndBlocks(blocks);
        _il.Emit(OpCodes.Ldloc, values);
        _il.Emit(OpCodes.Ldloc, total);
        code.Call(typeof(AvroArrays), nameof(AvroArrays.Trim), item);
    }

    /// <summary>By itself: the assembly of immutable collections is loaded only for who uses them.</summary>
    private void EmitImmutable(Type item) => code.Call(typeof(ImmutableCollectionsMarshal), nameof(ImmutableCollectionsMarshal.AsImmutableArray), item);

    private Loop BeginBlocks(int minimumSize)
    {
        var loop = new Loop(_il.DefineLabel(), _il.DefineLabel(), _il.DeclareLocal(typeof(int)));
        _il.MarkLabel(loop.Start);
        _il.Emit(OpCodes.Ldarg_1);
        code.Number(minimumSize);
        _il.Emit(OpCodes.Ldloca, loop.Local);
        code.Call(typeof(AvroReader), nameof(AvroReader.ReadBlock));
        _il.Emit(OpCodes.Stloc, _count);
        _il.Emit(OpCodes.Ldloc, _count);
        _il.Emit(OpCodes.Brfalse, loop.End);
        return loop;
    }

    private void EndBlocks(Loop loop)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldloc, loop.Local);
        code.Call(typeof(AvroReader), nameof(AvroReader.EndBlock));
        _il.Emit(OpCodes.Br, loop.Start);
        _il.MarkLabel(loop.End);
    }

    private Loop BeginItems()
    {
        var loop = new Loop(_il.DefineLabel(), _il.DefineLabel(), _il.DeclareLocal(typeof(int)));
        code.Clear(loop.Local);
        _il.Emit(OpCodes.Br, loop.End);
        _il.MarkLabel(loop.Start);
        return loop;
    }

    private void EndItems(Loop loop)
    {
        code.Add(loop.Local, 1);
        _il.MarkLabel(loop.End);
        _il.Emit(OpCodes.Ldloc, loop.Local);
        _il.Emit(OpCodes.Ldloc, _count);
        _il.Emit(OpCodes.Blt, loop.Start);
    }

    /// <summary>Makes the collection where there is none yet, with room for the items of the first block.</summary>
    private void EmitCreateOnce(LocalBuilder values)
    {
        var type = values.LocalType;
        if (type.IsValueType) return;

        var isThere = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, values);
        _il.Emit(OpCodes.Brtrue, isThere);
        if (Sized(type) is { } sized)
        {
            _il.Emit(OpCodes.Ldloc, _count);
            _il.Emit(OpCodes.Newobj, sized);
        }
        else
        {
            _il.Emit(OpCodes.Newobj, type.GetConstructor(Type.EmptyTypes)!);
        }

        _il.Emit(OpCodes.Stloc, values);
        _il.MarkLabel(isThere);
    }

    private static ConstructorInfo? Sized(Type type)
    {
        var sized = type.Assembly == typeof(List<>).Assembly || type.Assembly == typeof(HashSet<>).Assembly ? type.GetConstructor([typeof(int)]) : null;
        return sized?.GetParameters()[0].Name == "capacity" ? sized : null;
    }

    private sealed class Loop(Label start, Label end, LocalBuilder local)
    {
        public Label Start => start;

        public Label End => end;

        public LocalBuilder Local => local;
    }
}

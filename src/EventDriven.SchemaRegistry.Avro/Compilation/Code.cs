using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>A method while it is made. Not thread-safe.</summary>
/// <remarks>Nothing lies on the stack at a label: what is needed on both sides of one is in a local.</remarks>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class Code
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly List<object> _objects;

    public Code(string name, Type? returned, Type[] parameters, List<object> objects)
    {
        // Events and their parts may be private to the service.
        Method = new DynamicMethod(name, returned, parameters, typeof(Code).Module, skipVisibility: true);
        IL = Method.GetILGenerator();
        _objects = objects;
    }

    public DynamicMethod Method { get; }

    public ILGenerator IL { get; }

    public void Number(int value) => IL.Emit(OpCodes.Ldc_I4, value);

    /// <summary>Loads an object that the code uses, such as the bytes of a default.</summary>
    public void Object(object value, Type type)
    {
        IL.Emit(OpCodes.Ldarg_0);
        Number(_objects.Count);
        IL.Emit(OpCodes.Ldelem_Ref);
        IL.Emit(OpCodes.Unbox_Any, type);
        _objects.Add(value);
    }

    public void Default(Type type)
    {
        if (type.IsValueType)
        {
            var local = IL.DeclareLocal(type);
            Clear(local);
            IL.Emit(OpCodes.Ldloc, local);
        }
        else
        {
            IL.Emit(OpCodes.Ldnull);
        }
    }

    public void Clear(LocalBuilder local)
    {
        if (local.LocalType.IsValueType)
        {
            IL.Emit(OpCodes.Ldloca, local);
            IL.Emit(OpCodes.Initobj, local.LocalType);
        }
        else
        {
            IL.Emit(OpCodes.Ldnull);
            IL.Emit(OpCodes.Stloc, local);
        }
    }

    public void Add(LocalBuilder number, int change)
    {
        IL.Emit(OpCodes.Ldloc, number);
        Number(change);
        IL.Emit(OpCodes.Add);
        IL.Emit(OpCodes.Stloc, number);
    }

    /// <summary>Gives up by the method <c>Fail</c> of the reader or writer.</summary>
    public void Fail(Type owner, string reason)
    {
        IL.Emit(OpCodes.Ldstr, reason);
        Call(owner, nameof(AvroWriter.Fail));
    }

    public void FailIfNull(LocalBuilder value, string reason)
    {
        var isThere = IL.DefineLabel();
        IL.Emit(OpCodes.Ldloc, value);
        IL.Emit(OpCodes.Brtrue, isThere);
        Fail(typeof(AvroWriter), reason);
        IL.MarkLabel(isThere);
    }

    /// <summary>Calls one of our own methods, which has no other of its name.</summary>
    public void Call(Type owner, string name) => IL.Emit(OpCodes.Call, owner.GetMethod(name, Declared)!);

    /// <summary>Calls a generic one of our own methods.</summary>
    public void Call(Type owner, string name, Type argument) => IL.Emit(OpCodes.Call, owner.GetMethod(name, Declared)!.MakeGenericMethod(argument));

    /// <summary>Loads what a method is called on: a struct by its address.</summary>
    public void Instance(LocalBuilder instance) => IL.Emit(instance.LocalType.IsValueType ? OpCodes.Ldloca : OpCodes.Ldloc, instance);

    /// <summary>Calls a method of an instance, loaded with its arguments.</summary>
    public void Call(Type instance, MethodInfo method)
    {
        var isOwn = method.DeclaringType == instance;
        if (instance.IsValueType && !isOwn) IL.Emit(OpCodes.Constrained, instance);
        IL.Emit(instance.IsValueType && isOwn ? OpCodes.Call : OpCodes.Callvirt, method);
    }

    /// <summary>Turns what is loaded into a type that it can be assigned to.</summary>
    public void Convert(Type from, Type to)
    {
        if (from == to || !from.IsValueType) return;

        if (to.IsValueType) IL.Emit(OpCodes.Newobj, to.GetConstructor([from])!);
        else IL.Emit(OpCodes.Box, from);
    }
}

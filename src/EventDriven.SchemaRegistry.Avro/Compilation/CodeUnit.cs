using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>The methods that one plan becomes: one for the event, and one for each record that stands in several places. Not thread-safe.</summary>
/// <remarks>
/// They are made of IL. Expression trees would read better; but they cost a process four times as much before its first method runs, and the first event waits for that.
/// </remarks>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class CodeUnit
{
    private readonly List<object> _objects = [];
    private Dictionary<object, Code>? _shared;

    /// <summary>Begins a method.</summary>
    /// <param name="name">Its name in a stack trace.</param>
    /// <param name="returned">What it returns; null for nothing.</param>
    /// <param name="parameters">The types of its parameters, of which the first is the array of the unit's objects.</param>
    public Code Begin(string name, Type? returned, params Type[] parameters) => new(name, returned, parameters, _objects);

    /// <summary>The method of a record that stands in several places.</summary>
    /// <param name="plan">The plan of the record.</param>
    /// <param name="shared">The method.</param>
    /// <returns>False where it has yet to be made.</returns>
    public bool TryGetShared(object plan, [NotNullWhen(true)] out Code? shared) => (_shared ??= new Dictionary<object, Code>(ReferenceEqualityComparer.Instance)).TryGetValue(plan, out shared);

    /// <summary>Makes a method known before there is anything in it: it may call itself.</summary>
    public void Share(object plan, Code code) => _shared!.Add(plan, code);

    /// <summary>Compiles a method once all that it calls is complete: here, and not when it is first called.</summary>
    public Delegate Complete(Code code, Type type)
    {
        var compiled = code.Method.CreateDelegate(type, _objects.ToArray());
        RuntimeHelpers.PrepareDelegate(compiled);
        return compiled;
    }
}

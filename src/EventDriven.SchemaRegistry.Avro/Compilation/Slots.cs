using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Compilation;

/// <summary>The code of records that stand in several places, each compiled once. Not thread-safe.</summary>
/// <typeparam name="TPlan">The plan of a record.</typeparam>
[RequiresUnreferencedCode(Reflective.Members)]
[RequiresDynamicCode(Reflective.Code)]
internal sealed class Slots<TPlan>
    where TPlan : class
{
    private readonly Dictionary<TPlan, object> _slots = new(ReferenceEqualityComparer.Instance);

    /// <summary>An expression that is the code once all of the plan is compiled.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="code">The delegate's type.</param>
    /// <param name="compile">Compiles it. What it asks for meanwhile may be itself.</param>
    public MemberExpression Of(TPlan plan, Type code, Func<Delegate> compile)
    {
        if (!_slots.TryGetValue(plan, out var slot))
        {
            slot = Activator.CreateInstance(typeof(Slot<>).MakeGenericType(code))!;
            _slots.Add(plan, slot);
            slot.GetType().GetField("Code")!.SetValue(slot, compile());
        }

        return Expression.Field(Expression.Constant(slot), "Code");
    }
}

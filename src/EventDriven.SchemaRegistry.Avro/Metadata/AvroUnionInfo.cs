using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>A type that stands for others. For generated code. Immutable.</summary>
/// <typeparam name="T">The type.</typeparam>
/// <param name="ofMember">Whether a member says so, and not the type.</param>
/// <param name="cases">The types that it stands for.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AvroUnionInfo<T>(bool ofMember, params AvroCaseInfo<T>[] cases) : AvroTypeInfo<T>
    where T : class
{
    internal override IEnumerable<AvroTypeInfo> Parts => cases.Select(static one => one.Info);

    internal override IReadOnlyList<Type>? Cases => ofMember ? null : [.. cases.Select(static one => one.Info.Type)];

    internal override AvroRead<T> Read(ReadPlan plan, ReadComposer composer)
    {
        var chosen = plan is ReadPlan.Case one ? one.Plan : plan;
        return Find(chosen.Type).Read(chosen, composer);
    }

    internal override AvroWrite<T> Write(WritePlan plan, WriteComposer composer)
    {
        var chosen = plan is WritePlan.Case one ? one.Plan : plan;
        var write = Find(chosen.Type).Write(chosen, composer);
        var reason = $"the value is no {chosen.Type}, which is all that the schema has";
        return (writer, value) =>
        {
            if (!write(writer, value)) AvroWriter.Fail(reason);
        };
    }

    internal override AvroWriteBranch<T> Branch(int index, WritePlan plan, WriteComposer composer) => Find(plan.Type).Branch(index, plan, composer);

    private AvroCaseInfo<T> Find(Type type) => Array.Find(cases, one => one.Info.Type == type)!;
}

using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>Turns a plan into delegates that call one another: for what was generated, where code can't be compiled at run time. Not thread-safe: one for each plan.</summary>
internal sealed class WriteComposer
{
    private readonly Dictionary<WritePlan.Record, object> _shared = [];

    public AvroWrite<T> Compose<T>(AvroTypeInfo<T> info, WritePlan plan) => plan switch
    {
        WritePlan.Null => Null,
        WritePlan.Union union => Union(union, [.. union.Cases.Select(branch => info.Branch(branch.Index, branch.Plan, this))]),
        _ => info.Write(plan, this),
    };

    /// <summary>A record that stands in several places is composed once, and found where it is called: it may have itself in it.</summary>
    public AvroWrite<T> Share<T>(WritePlan.Record plan, Func<AvroWrite<T>> compose)
    {
        if (!plan.IsShared) return compose();

        if (_shared.TryGetValue(plan, out var known)) return ((Slot<T>)known).Write;

        var slot = new Slot<T>();
        _shared.Add(plan, slot);
        slot.Code = compose();
        return slot.Write;
    }

    private static void Null<T>(AvroWriter writer, T value)
    {
        if (default(T) is null && value is not null) AvroWriter.Fail("there is a value where the schema has only null");
    }

    private static AvroWrite<T> Union<T>(WritePlan.Union plan, AvroWriteBranch<T>[] branches)
    {
        var (nullIndex, schema) = (plan.NullIndex, plan.Schema);
        return (writer, value) =>
        {
            if (value is null)
            {
                if (nullIndex < 0) AvroWriter.Fail(schema.NullReason);
                writer.WriteInt(nullIndex);
                return;
            }

            foreach (var branch in branches)
            {
                if (branch(writer, value)) return;
            }

            AvroWriter.Fail($"the value is of none of the types that {schema.Display} has");
        };
    }

    private sealed class Slot<T>
    {
        public AvroWrite<T>? Code { get; set; }

        public void Write(AvroWriter writer, T value)
        {
            // Null is no record around anything: the code tells what is wrong with it.
            if (value is null)
            {
                Code!(writer, value);
                return;
            }

            writer.Enter();
            Code!(writer, value);
            writer.Leave();
        }
    }
}

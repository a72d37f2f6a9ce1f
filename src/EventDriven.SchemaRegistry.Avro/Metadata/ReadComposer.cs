using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>Turns a plan into delegates that call one another: for what was generated, where code can't be compiled at run time. Not thread-safe: one for each plan.</summary>
internal sealed class ReadComposer
{
    private readonly Dictionary<ReadPlan.Record, object> _shared = [];

    public AvroRead<T> Compose<T>(AvroTypeInfo<T> info, ReadPlan plan) => plan switch
    {
        ReadPlan.Error error => Fail<T>(error.Reason),
        ReadPlan.Null => static _ => default!,
        ReadPlan.Default @default => Default(@default.Bytes, Compose(info, @default.Plan)),
        ReadPlan.Union union => Union([.. union.Branches.Select(branch => Compose(info, branch))]),
        _ => info.Read(plan, this),
    };

    /// <summary>A record that stands in several places is composed once, and found where it is called: it may have itself in it.</summary>
    public AvroRead<T> Share<T>(ReadPlan.Record plan, Func<AvroRead<T>> compose)
    {
        if (!plan.IsShared) return compose();

        if (_shared.TryGetValue(plan, out var known)) return ((Slot<T>)known).Read;

        var slot = new Slot<T>();
        _shared.Add(plan, slot);
        slot.Code = compose();
        return slot.Read;
    }

    private static AvroRead<T> Fail<T>(string reason) => _ =>
    {
        AvroReader.Fail(reason);
        return default!;
    };

    private static AvroRead<T> Default<T>(byte[] bytes, AvroRead<T> read) => reader =>
    {
        var here = reader.Turn(bytes);
        var value = read(reader);
        reader.Return(here);
        return value;
    };

    private static AvroRead<T> Union<T>(AvroRead<T>[] branches) => reader => branches[reader.ReadIndex(branches.Length)](reader);

    private sealed class Slot<T>
    {
        public AvroRead<T>? Code { get; set; }

        public T Read(AvroReader reader)
        {
            reader.Enter();
            var value = Code!(reader);
            reader.Leave();
            return value;
        }
    }
}

using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>An array, or what is one inside. For generated code. Immutable.</summary>
/// <typeparam name="TCollection">The collection.</typeparam>
/// <typeparam name="TItem">The type of its items.</typeparam>
/// <param name="item">What is told of the type of its items.</param>
/// <param name="from">Makes the collection of an array.</param>
/// <param name="to">Makes an array of the collection.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AvroArrayInfo<TCollection, TItem>(Func<AvroTypeInfo<TItem>> item, Func<TItem[], TCollection> from, Func<TCollection, TItem[]?> to) : AvroTypeInfo<TCollection>
{
    internal override IEnumerable<AvroTypeInfo> Parts => [item()];

    internal override CollectionShape Shape { get; } = new(false, typeof(TItem), typeof(List<TItem>));

    internal override AvroRead<TCollection> Read(ReadPlan plan, ReadComposer composer)
    {
        var sequence = (ReadPlan.Sequence)plan;
        var (read, minimumSize) = (composer.Compose(item(), sequence.Item), sequence.MinimumSize);
        return reader =>
        {
            TItem[]? values = null;
            var total = 0;
            while (reader.ReadBlock(minimumSize, out var end) is > 0 and var count)
            {
                values = AvroArrays.Grow(values, total, count);
                for (var i = 0; i < count; i++) values[total++] = read(reader);
                reader.EndBlock(end);
            }

            return from(AvroArrays.Trim(values, total));
        };
    }

    internal override AvroWrite<TCollection> Write(WritePlan plan, WriteComposer composer)
    {
        var (write, schema) = (composer.Compose(item(), ((WritePlan.Sequence)plan).Item), plan.Schema);
        return (writer, value) =>
        {
            var values = value is null ? null : to(value);
            if (values is null)
            {
                AvroWriter.Fail(schema.NullReason);
                return;
            }

            if (values.Length > 0) writer.WriteLong(values.Length);
            foreach (var one in values) write(writer, one);
            writer.WriteLong(0);
        };
    }
}

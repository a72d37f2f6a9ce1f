using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>A collection that is filled. For generated code. Immutable.</summary>
/// <typeparam name="TCollection">The collection.</typeparam>
/// <typeparam name="TBuild">What is filled.</typeparam>
/// <typeparam name="TItem">The type of its items.</typeparam>
/// <param name="item">What is told of the type of its items.</param>
/// <param name="create">Makes an empty one with room for as many items.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AvroCollectionInfo<TCollection, TBuild, TItem>(Func<AvroTypeInfo<TItem>> item, Func<int, TBuild> create) : AvroTypeInfo<TCollection>
    where TCollection : class, IEnumerable<TItem>
    where TBuild : class, ICollection<TItem>, TCollection
{
    internal override IEnumerable<AvroTypeInfo> Parts => [item()];

    internal override CollectionShape Shape { get; } = new(false, typeof(TItem), typeof(TBuild));

    internal override AvroRead<TCollection> Read(ReadPlan plan, ReadComposer composer)
    {
        var sequence = (ReadPlan.Sequence)plan;
        var (read, minimumSize) = (composer.Compose(item(), sequence.Item), sequence.MinimumSize);
        return reader =>
        {
            TBuild? values = null;
            while (reader.ReadBlock(minimumSize, out var end) is > 0 and var count)
            {
                values ??= create(count);
                for (var i = 0; i < count; i++) values.Add(read(reader));
                reader.EndBlock(end);
            }

            return values ?? create(0);
        };
    }

    internal override AvroWrite<TCollection> Write(WritePlan plan, WriteComposer composer)
    {
        var (write, schema) = (composer.Compose(item(), ((WritePlan.Sequence)plan).Item), plan.Schema);
        return (writer, value) => WriteHelpers.WriteItems(writer, value, write, schema);
    }
}

using System.ComponentModel;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>A dictionary. For generated code. Immutable.</summary>
/// <typeparam name="TMap">The dictionary.</typeparam>
/// <typeparam name="TBuild">What is filled.</typeparam>
/// <typeparam name="TValue">The type of its values.</typeparam>
/// <param name="value">What is told of the type of its values.</param>
/// <param name="create">Makes an empty one with room for as many entries.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class AvroMapInfo<TMap, TBuild, TValue>(Func<AvroTypeInfo<TValue>> value, Func<int, TBuild> create) : AvroTypeInfo<TMap>
    where TMap : class, IEnumerable<KeyValuePair<string, TValue>>
    where TBuild : class, IDictionary<string, TValue>, TMap
{
    internal override IEnumerable<AvroTypeInfo> Parts => [value()];

    internal override CollectionShape Shape { get; } = new(true, typeof(TValue), typeof(TBuild));

    internal override AvroRead<TMap> Read(ReadPlan plan, ReadComposer composer)
    {
        var map = (ReadPlan.Map)plan;
        var (read, minimumSize) = (composer.Compose(value(), map.Value), map.MinimumSize == int.MaxValue ? int.MaxValue : map.MinimumSize + 1);
        return reader =>
        {
            TBuild? values = null;
            while (reader.ReadBlock(minimumSize, out var end) is > 0 and var count)
            {
                values ??= create(count);
                for (var i = 0; i < count; i++)
                {
                    var key = reader.ReadString();
                    values[key] = read(reader);
                }

                reader.EndBlock(end);
            }

            return values ?? create(0);
        };
    }

    internal override AvroWrite<TMap> Write(WritePlan plan, WriteComposer composer)
    {
        var (write, schema) = (composer.Compose(value(), ((WritePlan.Map)plan).Value), plan.Schema);
        return (writer, map) => WriteHelpers.WriteEntries(writer, map, write, schema);
    }
}

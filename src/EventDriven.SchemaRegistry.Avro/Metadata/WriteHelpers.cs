using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Metadata;

/// <summary>What composed code calls while it writes.</summary>
internal static class WriteHelpers
{
    /// <summary>All items of a collection in one block: by number where it has them, else one after the other.</summary>
    public static void WriteItems<T>(AvroWriter writer, IEnumerable<T>? items, AvroWrite<T> write, AvroSchema schema)
    {
        switch (items)
        {
            case null:
                AvroWriter.Fail(schema.NullReason);
                return;
            case IList<T> list:
                var length = list.Count;
                if (length > 0) writer.WriteLong(length);
                for (var i = 0; i < length; i++) write(writer, list[i]);
                break;
            default:
                items = items is IReadOnlyCollection<T> or ICollection<T> ? items : [.. items];
                var count = items is IReadOnlyCollection<T> counted ? counted.Count : ((ICollection<T>)items).Count;
                if (count > 0) writer.WriteLong(count);
                foreach (var item in items)
                {
                    write(writer, item);
                    count--;
                }

                if (count != 0) AvroWriter.Fail("it had another number of items than it counted");
                break;
        }

        writer.WriteLong(0);
    }
}

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
                var count = BeginBlock(writer, items);
                foreach (var item in new AvroItems<T>(items))
                {
                    write(writer, item);
                    count--;
                }

                EndBlock(count);
                break;
        }

        writer.WriteLong(0);
    }

    /// <summary>All entries of a dictionary in one block.</summary>
    public static void WriteEntries<T>(AvroWriter writer, IEnumerable<KeyValuePair<string, T>>? entries, AvroWrite<T> write, AvroSchema schema)
    {
        if (entries is null)
        {
            AvroWriter.Fail(schema.NullReason);
            return;
        }

        var count = BeginBlock(writer, entries);
        foreach (var (key, value) in new AvroEntries<T>(entries))
        {
            writer.WriteString(key);
            write(writer, value);
            count--;
        }

        EndBlock(count);
        writer.WriteLong(0);
    }

    private static int BeginBlock<T>(AvroWriter writer, IEnumerable<T> items)
    {
        var count = items is IReadOnlyCollection<T> counted ? counted.Count : ((ICollection<T>)items).Count;
        if (count > 0) writer.WriteLong(count);
        return count;
    }

    private static void EndBlock(int left)
    {
        if (left != 0) AvroWriter.Fail("it had another number of items than it counted");
    }
}

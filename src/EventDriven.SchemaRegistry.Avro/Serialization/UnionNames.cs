using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Serialization;

/// <summary>A schema that is a union of events: the record says which of them it is.</summary>
internal sealed class UnionNames(string?[] names) : SchemaNames
{
    /// <summary>What the events of a schema are called.</summary>
    public static SchemaNames Of(AvroSchema schema) => schema switch
    {
        NamedSchema named => Always(named.FullName),
        UnionSchema union => new UnionNames([.. union.Branches.Select(static branch => (branch as NamedSchema)?.FullName)]),
        _ => Always(null),
    };

    public override string? Of(ReadOnlySpan<byte> path, ReadOnlySpan<byte> body)
    {
        var reader = new AvroReader();
        reader.Load(body[..Math.Min(body.Length, 5)]);
        try
        {
            return names[reader.ReadIndex(names.Length)];
        }
        catch (AvroFormatException)
        {
            // Reading the event tells what is wrong with it.
            return null;
        }
    }
}

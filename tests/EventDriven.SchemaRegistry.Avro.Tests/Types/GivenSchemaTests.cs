using EventDriven.SchemaRegistry.Avro.Plans;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Tests.Types;

public sealed class GivenSchemaTests
{
    private const string Text = """
        {"type":"record","name":"order_placed","namespace":"com.acme","fields":[
          {"name":"order_id","type":"string"},
          {"name":"PLACED_AT","type":{"type":"long","logicalType":"timestamp-millis"}},
          {"name":"total","type":{"type":"fixed","name":"Total","size":8,"logicalType":"decimal","precision":12,"scale":2}},
          {"name":"status","type":{"type":"enum","name":"Status","symbols":["IN_TRANSIT","DONE"]}},
          {"name":"id","type":{"type":"fixed","name":"Id","size":16,"logicalType":"uuid"}},
          {"name":"legacy","type":["null","string"],"default":null},
          {"name":"version","type":"int","default":7}]}
        """;

    [Fact]
    public void A_plain_type_is_mapped_onto_it()
    {
        var placed = new OrderPlaced("o-1", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.Zero), -12.34m, Status.InTransit, Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"));
        var bytes = Bytes.Write(placed, Text);

        Assert.Equal(placed, Bytes.Read<OrderPlaced>(bytes, Text, Text));
        // The last two have no member: their defaults are written.
        Assert.Equal([0, 14], bytes[^2..]);
        Assert.Equal(Convert.FromHexString("0F8FAD5BD9CB469FA16570867728950E"), bytes[^18..^2]);
    }

    [Theory]
    [InlineData("""{"type":"record","name":"A","fields":[{"name":"x","type":"string"}]}""", "does not fit")]
    [InlineData("""{"type":"record","name":"A","fields":[{"name":"y","type":"int"},{"name":"x","type":"int"}]}""", "no default")]
    [InlineData("""{"type":"record","name":"A","fields":[]}""", "must be set")]
    [InlineData("""{"type":"record","name":"A","fields":[{"name":"x","type":["null","int"]}]}""", "nullable")]
    [InlineData("""{"type":"record","name":"A","fields":[{"name":"x","type":["string","int"]}]}""", "AvroUnion")]
    [InlineData("\"int\"", "does not fit")]
    public void What_does_not_fit_is_told(string text, string reason)
    {
        var schema = AvroSchemaParser.Parse(text);

        var exception = Assert.Throws<AvroTypeException>(() =>
        {
            ReadPlanner.Plan(schema, schema, typeof(One));
            WritePlanner.Plan(typeof(One), schema);
        });

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    public enum Status
    {
        InTransit,
        Done,
    }

    public sealed record OrderPlaced(string OrderId, DateTimeOffset PlacedAt, decimal Total, Status Status, Guid Id);

    public sealed record One(int X);
}

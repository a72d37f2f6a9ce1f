using EventDriven.SchemaRegistry.Avro.Codec;
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

    [Fact]
    public void A_logical_type_that_is_unknown_here_is_left_out_of_account_and_its_bytes_are_read_and_written()
    {
        const string BigDecimal = """{"type":"record","name":"Priced","fields":[{"name":"price","type":{"type":"bytes","logicalType":"big-decimal"}}]}""";
        // 12.34 as Avro for Java writes it: the length of the digits, the digits, and the scale.
        byte[] price = [4, 0x04, 0xd2, 4];
        byte[] bytes = [8, .. price];

        Assert.Equal(bytes, Bytes.Write(new Priced(price), BigDecimal));
        Assert.Equal(price, Bytes.Read<Priced>(bytes, BigDecimal, BigDecimal).Price);
        Assert.Equal(price, Bytes.Read<Priced>(bytes, BigDecimal).Price);
        Assert.Equal(bytes, Bytes.ThroughApache(BigDecimal, BigDecimal, bytes));
        Assert.Contains("does not fit bytes", Assert.Throws<AvroTypeException>(() => Bytes.Write(new PricedAs<decimal>(12.34m), BigDecimal)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_local_timestamp_in_nanoseconds_is_the_time_of_a_wall_clock_in_no_zone()
    {
        var at = new DateTime(1969, 12, 31, 23, 59, 59, DateTimeKind.Unspecified).AddTicks(9_999_999);
        var local = new DateTime(2026, 7, 1, 12, 30, 0, DateTimeKind.Local).AddTicks(1);

        Assert.Contains("""{"type":"long","logicalType":"local-timestamp-nanos"}""", Bytes.Schema<Wall>().ToString(), StringComparison.Ordinal);
        // A hundred nanoseconds before 1970, as zigzag.
        Assert.Equal(Bytes.ByApache("\"long\"", -100L), Bytes.Write(new Wall(at)));
        Assert.Equal((at, DateTimeKind.Unspecified), (Bytes.Read<Wall>(Bytes.Write(new Wall(at))).At, Bytes.Read<Wall>(Bytes.Write(new Wall(at))).At.Kind));
        // The clock says the same in every zone.
        Assert.Equal(local.Ticks, Bytes.Read<Wall>(Bytes.Write(new Wall(local))).At.Ticks);
        // What .NET has no ticks for is cut off towards the past.
        Assert.Equal(at, Bytes.Read<Wall>(Bytes.ByApache("\"long\"", -1L)).At);
        Assert.Equal(at, Bytes.Read<WallMicros>(Bytes.Write(new Wall(at)), Bytes.Schema<Wall>().ToString()).At);
        Assert.Contains("1677 to 2262", Assert.Throws<AvroValueException>(() => Bytes.Write(new Wall(DateTime.MaxValue))).Message, StringComparison.Ordinal);
    }

    public enum Status
    {
        InTransit,
        Done,
    }

    public sealed record OrderPlaced(string OrderId, DateTimeOffset PlacedAt, decimal Total, Status Status, Guid Id);

    public sealed record One(int X);

    [AvroType(Name = "Priced", Namespace = "")]
    public sealed record Priced(byte[] Price);

    [AvroType(Name = "Priced", Namespace = "")]
    public sealed record PricedAs<T>(T Price);

    [AvroType(Name = "Wall")]
    public sealed record Wall([property: AvroLogicalType("local-timestamp-nanos")] DateTime At);

    [AvroType(Name = "Wall")]
    public sealed record WallMicros([property: AvroLogicalType("local-timestamp-micros")] DateTime At);
}

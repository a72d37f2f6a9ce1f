using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.SchemaRegistry.Avro.Tests.Types;

public sealed class SchemaFromTypeTests
{
    [Fact]
    public void Attributes_nullability_and_parameters_are_in_the_text() => Assert.Equal(
        """{"type":"record","name":"OrderLine","namespace":"com.acme","doc":"A line of an order.","aliases":["com.acme.Line","org.old.Row"],"fields":["""
        + """{"name":"sku_code","doc":"What is ordered.","type":"string","aliases":["sku"]},"""
        + """{"name":"quantity","type":"int","default":1},"""
        + """{"name":"note","type":["string","null"],"default":"x"},"""
        + """{"name":"urgent","type":"boolean","default":false},"""
        + """{"name":"shipping","type":{"type":"enum","name":"Shipping","namespace":"EventDriven.SchemaRegistry.Avro.Tests.Types","symbols":["Unknown","Standard","Express"],"default":"Unknown"},"default":"Standard"}]}""",
        Bytes.Schema<Line>().ToString());

    [Fact]
    public void Logical_types_are_in_the_text() => Assert.Equal(
        """{"type":"record","name":"Times","namespace":"EventDriven.SchemaRegistry.Avro.Tests.Types","fields":["""
        + """{"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},"""
        + """{"name":"atMillis","type":{"type":"long","logicalType":"timestamp-millis"}},"""
        + """{"name":"moment","type":{"type":"long","logicalType":"timestamp-micros"}},"""
        + """{"name":"wall","type":{"type":"long","logicalType":"local-timestamp-micros"}},"""
        + """{"name":"day","type":{"type":"int","logicalType":"date"}},"""
        + """{"name":"time","type":{"type":"long","logicalType":"time-micros"}},"""
        + """{"name":"timeMillis","type":{"type":"int","logicalType":"time-millis"}},"""
        + """{"name":"lasts","type":{"type":"fixed","name":"Duration","size":12,"logicalType":"duration"}},"""
        + """{"name":"exactly","type":{"type":"long","logicalType":"time-micros"}}]}""",
        Bytes.Schema<Times>().ToString());

    [Fact]
    public void A_closed_hierarchy_is_a_union_of_its_cases_in_their_order() => Assert.Equal(
        """[{"type":"record","name":"Card","namespace":"EventDriven.SchemaRegistry.Avro.Tests.Types","fields":[{"name":"number","type":"string"},{"name":"month","type":"int"}]},"""
        + """{"type":"record","name":"Transfer","namespace":"EventDriven.SchemaRegistry.Avro.Tests.Types","fields":[{"name":"iban","type":"string"},{"name":"fee","type":{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}}]},"""
        + """{"type":"record","name":"Cash","namespace":"EventDriven.SchemaRegistry.Avro.Tests.Types","fields":[]}]""",
        Bytes.Schema<Payment>().ToString());

    [Fact]
    public void The_text_is_the_same_after_parsing_it_here_and_is_read_by_Apache_Avro()
    {
        var text = Bytes.Schema<Everything>().ToString();

        Assert.Equal(text, AvroSchemaParser.Parse(text).ToString());
        Assert.Equal("Everything", global::Avro.Schema.Parse(text).Name);
    }

    [Theory]
    [InlineData(typeof(object), "[AvroUnion")]
    [InlineData(typeof(Dictionary<int, string>), "no strings")]
    [InlineData(typeof(int[,]), "dimension")]
    [InlineData(typeof(NoConstructor), "constructor")]
    [InlineData(typeof(TwoOfAName), "AvroField")]
    [InlineData(typeof(BadDefault), "default")]
    [InlineData(typeof(BadLogical), "does not fit")]
    [InlineData(typeof(BadDecimal), "AvroDecimal")]
    [InlineData(typeof(BadUnion), "AvroUnion")]
    [InlineData(typeof(SameBranches), "tell apart")]
    [InlineData(typeof(Ärger), "no name in Avro")]
    public void What_has_no_form_is_told_with_a_remedy(Type type, string remedy)
    {
        var exception = Assert.Throws<AvroTypeException>(() => SchemaFromType.Of(type));

        Assert.Contains(remedy, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "JSON")]
    [InlineData("""{"type":"record","name":"A"}""", "fields")]
    [InlineData("""{"type":"record","name":"1A","fields":[]}""", "valid name")]
    [InlineData("""{"type":"array"}""", "items")]
    [InlineData("""["int","int"]""", "twice")]
    [InlineData("""["int",["string"]]""", "union")]
    [InlineData("\"Unknown\"", "defined")]
    [InlineData("""{"type":"enum","name":"E","symbols":["a","a"]}""", "twice")]
    [InlineData("""{"type":"enum","name":"E","symbols":["a"],"default":"b"}""", "none of its symbols")]
    [InlineData("""{"type":"fixed","name":"F","size":-1}""", "size")]
    [InlineData("""{"type":"record","name":"A","fields":[{"name":"x","type":"int"},{"name":"x","type":"int"}]}""", "twice")]
    [InlineData("42", "string, an array or an object")]
    public void What_is_no_schema_is_told(string text, string reason)
    {
        var exception = Assert.Throws<AvroSchemaException>(() => AvroSchemaParser.Parse(text));

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_logical_type_that_does_not_fit_is_ignored()
    {
        foreach (var text in (string[])["""{"type":"string","logicalType":"decimal","precision":3}""", """{"type":"bytes","logicalType":"decimal","precision":2,"scale":3}""", """{"type":"int","logicalType":"uuid"}""", """{"type":"long","logicalType":"nonsense"}"""])
        {
            Assert.Equal(default, AvroSchemaParser.Parse(text).Logical);
        }
    }

    [Fact]
    public void Schemas_that_refer_to_others_are_parsed_with_them()
    {
        var schema = AvroSchemaParser.Parse("""{"type":"record","name":"a.Order","fields":[{"name":"m","type":"b.Money"}]}""", """{"type":"record","name":"b.Money","fields":[{"name":"x","type":"int"}]}""");

        Assert.Equal("b.Money", ((NamedSchema)((RecordSchema)schema).Fields[0].Schema).FullName);
    }

    public sealed class NoConstructor
    {
        private NoConstructor()
        {
        }
    }

    public sealed record TwoOfAName(int A, [property: AvroField("a")] int B);

    public sealed record BadDefault([property: AvroField(Default = "\"x\"")] int A);

    public sealed record BadLogical([property: AvroLogicalType("uuid")] int A);

    public sealed record BadDecimal([property: AvroDecimal(2, 3)] decimal A);

    public sealed record BadUnion([property: AvroUnion(typeof(int))] string A);

    public sealed record SameBranches([property: AvroUnion(typeof(int), typeof(short))] object A);

    public sealed record Ärger(int A);
}

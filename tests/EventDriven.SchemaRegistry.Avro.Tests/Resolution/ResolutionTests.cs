using EventDriven.SchemaRegistry.Avro.Codec;

namespace EventDriven.SchemaRegistry.Avro.Tests.Resolution;

/// <summary>The specification's section "Schema Resolution" and "Aliases", sentence by sentence.</summary>
public sealed class ResolutionTests
{
    [Theory]
    [InlineData("\"int\"", "\"long\"", "02", 1L)]
    [InlineData("\"int\"", "\"float\"", "02", 1f)]
    [InlineData("\"int\"", "\"double\"", "02", 1d)]
    [InlineData("\"long\"", "\"float\"", "02", 1f)]
    [InlineData("\"long\"", "\"double\"", "02", 1d)]
    [InlineData("\"float\"", "\"double\"", "0000803F", 1d)]
    [InlineData("\"bytes\"", "\"string\"", "0261", "a")]
    public void Numbers_and_texts_are_promoted(string writer, string reader, string bytes, object expected)
    {
        var read = typeof(ResolutionTests).GetMethod(nameof(Boxed), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.MakeGenericMethod(expected.GetType());

        Assert.Equal(expected, read.Invoke(null, [writer, reader, bytes]));
    }

    [Fact]
    public void A_string_is_promoted_to_bytes() => Assert.Equal("a"u8.ToArray(), Bytes.Read<byte[]>([2, 0x61], "\"string\"", "\"bytes\""));

    [Theory]
    [InlineData("\"long\"", "\"int\"")]
    [InlineData("\"double\"", "\"int\"")]
    [InlineData("\"boolean\"", "\"int\"")]
    [InlineData("\"string\"", "\"int\"")]
    [InlineData("\"null\"", "\"int\"")]
    public void What_does_not_match_is_an_error(string writer, string reader)
    {
        var exception = Assert.Throws<AvroValueException>(() => Bytes.Read<int>([2, 0, 0, 0, 0, 0, 0, 0], writer, reader));

        Assert.Contains("is wanted", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_match_by_name_in_any_order_and_others_are_skipped() => Assert.Equal(new Pair(1, "b"), Bytes.Read<Pair>(
        [6, 0x78, 0x79, 0x7A, 2, 0x62, 4, 2, 4, 0, 2],
        """{"type":"record","name":"Pair","fields":[{"name":"gone","type":"string"},{"name":"b","type":"string"},{"name":"list","type":{"type":"array","items":"int"}},{"name":"a","type":"int"}]}"""));

    [Fact]
    public void A_field_that_the_writer_has_not_takes_its_default() => Assert.Equal(new Defaults(7, "d", ["x"], new Pair(3, "p"), null), Bytes.Read<Defaults>([], """{"type":"record","name":"Defaults","fields":[]}"""), new DefaultsComparer());

    [Fact]
    public void A_default_is_made_anew_for_each_event()
    {
        var decoder = new AvroDecoder<Defaults>(Bytes.Schema<Defaults>("""{"type":"record","name":"Defaults","fields":[]}"""), Bytes.Schema<Defaults>());

        decoder.Read(default).List.Add("mine");

        Assert.Equal(["x"], decoder.Read(default).List);
    }

    [Fact]
    public void A_field_without_default_that_the_writer_has_not_is_an_error()
    {
        var exception = Assert.Throws<AvroValueException>(() => Bytes.Read<Pair>([2], """{"type":"record","name":"Pair","fields":[{"name":"a","type":"int"}]}"""));

        Assert.Contains("'b'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_match_without_their_namespaces() => Assert.Equal(new Pair(1, "b"), Bytes.Read<Pair>(
        [2, 2, 0x62], """{"type":"record","name":"Pair","namespace":"somewhere.else","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}"""));

    [Fact]
    public void Other_names_do_not_match() => Assert.Throws<AvroValueException>(() => Bytes.Read<Pair>(
        [2, 2, 0x62], """{"type":"record","name":"Other","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}"""));

    [Fact]
    public void Aliases_of_the_reader_name_records_enums_and_fields_of_the_writer() => Assert.Equal(new Renamed(5, Level.High), Bytes.Read<Renamed>(
        [10, 0],
        """{"type":"record","name":"org.old.Former","fields":[{"name":"oldA","type":"int"},{"name":"level","type":{"type":"enum","name":"Grade","symbols":["High"]}}]}"""));

    [Fact]
    public void Aliases_name_records_inside_of_unions_too() => Assert.Equal(new Renamed(5, Level.High), Bytes.Read<Renamed?>(
        [2, 10, 0],
        """["null",{"type":"record","name":"org.old.Former","fields":[{"name":"older","type":"int"},{"name":"level","type":{"type":"enum","name":"Grade","symbols":["High"]}}]}]"""));

    [Fact]
    public void A_name_comes_before_an_alias() => Assert.Equal(new Renamed(1, Level.Low), Bytes.Read<Renamed>(
        [8, 2, 0],
        """{"type":"record","name":"Renamed","fields":[{"name":"oldA","type":"int"},{"name":"a","type":"int"},{"name":"level","type":{"type":"enum","name":"Level","symbols":["Low"]}}]}"""));

    [Fact]
    public void A_symbol_that_the_reader_does_not_know_is_its_default_or_an_error()
    {
        const string Writer = """{"type":"enum","name":"Shipping","symbols":["Drone","Express"]}""";
        const string Without = """{"type":"enum","name":"Shipping","symbols":["Unknown","Express"]}""";

        Assert.Equal(Types.Shipping.Unknown, Bytes.Read<Types.Shipping>([0], Writer));
        Assert.Equal(Types.Shipping.Express, Bytes.Read<Types.Shipping>([2], Writer));
        Assert.Equal(Types.Shipping.Express, Bytes.Read<Types.Shipping>([2], Writer, Without));
        Assert.Contains("Drone", Assert.Throws<AvroValueException>(() => Bytes.Read<Types.Shipping>([0], Writer, Without)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_writers_union_is_read_as_what_is_in_it()
    {
        Assert.Equal(1L, Bytes.Read<long>([0, 2], """["int","string"]""", "\"long\""));
        Assert.Throws<AvroValueException>(() => Bytes.Read<long>([2, 2, 0x61], """["int","string"]""", "\"long\""));
        Assert.Null(Bytes.Read<string>([2], """["string","null"]""", """["null","string"]"""));
    }

    [Fact]
    public void A_readers_union_takes_the_branch_that_matches()
    {
        Assert.Equal(1, Bytes.Read<int?>([2], "\"int\"", """["null","int"]"""));
        Assert.Equal(1L, Bytes.Read<long?>([2], "\"int\"", """["null","long"]"""));
        Assert.Equal(2L, Bytes.Read<Anything>([0, 4], """{"type":"record","name":"Anything","fields":[{"name":"value","type":["int","string"]}]}""").Value);
        Assert.Throws<AvroValueException>(() => Bytes.Read<int?>([1], "\"boolean\"", """["null","int"]"""));
    }

    [Fact]
    public void Fixed_matches_by_name_and_size()
    {
        Assert.Equal([1, 2], Bytes.Read<byte[]>([1, 2], """{"type":"fixed","name":"F","size":2}""", """{"type":"fixed","name":"x.F","size":2}"""));
        Assert.Throws<AvroValueException>(() => Bytes.Read<byte[]>([1, 2], """{"type":"fixed","name":"F","size":2}""", """{"type":"fixed","name":"F","size":3}"""));
        Assert.Throws<AvroValueException>(() => Bytes.Read<byte[]>([1, 2], """{"type":"fixed","name":"G","size":2}""", """{"type":"fixed","name":"F","size":2}"""));
    }

    [Fact]
    public void Decimals_match_by_their_scale()
    {
        const string Two = """{"type":"bytes","logicalType":"decimal","precision":10,"scale":2}""";
        const string Three = """{"type":"bytes","logicalType":"decimal","precision":10,"scale":3}""";

        Assert.Equal(0.05m, Bytes.Read<decimal>([2, 5], Two, """{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}"""));
        Assert.Throws<AvroValueException>(() => Bytes.Read<decimal>([2, 5], Two, Three));
    }

    [Fact]
    public void A_time_keeps_its_moment_where_its_unit_changes() => Assert.Equal(
        DateTimeOffset.UnixEpoch.AddMilliseconds(1),
        Bytes.Read<DateTimeOffset>([2], """{"type":"long","logicalType":"timestamp-millis"}""", """{"type":"long","logicalType":"timestamp-micros"}"""));

    [Fact]
    public void Blocks_may_be_many_and_tell_their_size() => Assert.Equal([1, 2, 3, 4], Bytes.Read<int[]>([2, 2, 3, 4, 4, 6, 2, 8, 0], "{\"type\":\"array\",\"items\":\"int\"}"));

    private static object Boxed<T>(string writer, string reader, string bytes) => Bytes.Read<T>(Convert.FromHexString(bytes), writer, reader)!;

    public sealed record Pair(int A, string B);

    public sealed record Defaults(
        int Number = 7,
        string Text = "d",
        [property: AvroField(Default = "[\"x\"]")] List<string> List = null!,
        [property: AvroField(Default = "{\"a\":3,\"b\":\"p\"}")] Pair Pair = null!,
        string? None = null);

    [AvroType(Aliases = ["org.old.Former"])]
    public sealed record Renamed([property: AvroField(Aliases = ["oldA", "older"])] int A, Level Level);

    [AvroType(Aliases = ["org.old.Grade"])]
    public enum Level
    {
        Low,
        High,
    }

    public sealed record Anything([property: AvroUnion(typeof(long), typeof(string))] object Value);

    private sealed class DefaultsComparer : IEqualityComparer<Defaults>
    {
        public bool Equals(Defaults? x, Defaults? y) => x!.Number == y!.Number && x.Text == y.Text && x.List.SequenceEqual(y.List) && x.Pair == y.Pair && x.None == y.None;

        public int GetHashCode(Defaults obj) => 0;
    }
}

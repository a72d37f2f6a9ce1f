using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Tests.Types;

namespace EventDriven.SchemaRegistry.Avro.Tests.Hostile;

public sealed class HostileInputTests
{
    private static readonly AvroDecoder<Everything> Decoder = new(Bytes.Schema<Everything>(), Bytes.Schema<Everything>());

    [Fact]
    public void Bytes_that_end_early_are_an_error_at_every_place_with_a_path()
    {
        var bytes = Bytes.Write(Samples.Everything);
        for (var length = 0; length < bytes.Length; length++)
        {
            var exception = Assert.Throws<AvroValueException>(() => Decoder.Read(bytes.AsSpan(0, length)));
            Assert.NotEqual("", exception.Path);
        }
    }

    [Fact]
    public void Bytes_that_follow_are_an_error() =>
        Assert.Contains("follow", Assert.Throws<AvroValueException>(() => Decoder.Read((byte[])[.. Bytes.Write(Samples.Everything), 0])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\"bytes\"", "FEFFFFFFFFFFFFFFFF01", "does not fit")] // long.MaxValue bytes
    [InlineData("\"bytes\"", "FEFFFFFF0F", "does not fit")] // 2 GiB: Apache.Avro allocates them
    [InlineData("\"bytes\"", "01", "does not fit")] // -1 bytes
    [InlineData("\"string\"", "02FF", "UTF-8")]
    [InlineData("\"int\"", "FFFFFFFFFF01", "32 bits")]
    [InlineData("\"int\"", "FFFFFFFF1F", "32 bits")]
    [InlineData("\"long\"", "FFFFFFFFFFFFFFFFFF02", "64 bits")]
    [InlineData("\"long\"", "FFFFFFFFFFFFFFFFFFFF01", "64 bits")]
    [InlineData("\"boolean\"", "02", "boolean")]
    [InlineData("""{"type":"enum","name":"E","symbols":["a"]}""", "02", "no number 1")]
    [InlineData("""["null","int"]""", "04", "no number 2")]
    [InlineData("""["null","int"]""", "01", "no number -1")]
    [InlineData("""{"type":"array","items":"int"}""", "FEFFFFFF0F", "items")]
    [InlineData("""{"type":"array","items":"int"}""", "01FEFFFFFF0F00", "does not fit")] // a block of one item says it has 2 GiB
    [InlineData("""{"type":"array","items":"int"}""", "FFFFFFFFFFFFFFFFFF0100", "possible")] // long.MinValue items
    [InlineData("""{"type":"array","items":"int"}""", "01040200", "says that it ends")]
    [InlineData("""{"type":"array","items":"null"}""", "FEFFFFFF0F00", "without any bytes")]
    [InlineData("""{"type":"array","items":{"type":"record","name":"Empty","fields":[]}}""", "FEFFFFFF0F00", "without any bytes")]
    [InlineData("""{"type":"map","values":"null"}""", "FEFFFFFF0F00", "items")]
    public void Each_lie_is_an_error_before_anything_is_allocated(string schema, string hex, string reason)
    {
        var parsed = AvroSchemaParser.Parse(schema);
        var reader = new AvroReader();
        var bytes = Convert.FromHexString(hex);
        var before = GC.GetAllocatedBytesForCurrentThread();
        reader.Reset(bytes, 0, bytes.Length);

        var exception = Assert.Throws<AvroFormatException>(() =>
        {
            if (schema == "\"string\"") reader.ReadString();
            else AvroSkipper.Skip(reader, parsed);
        });

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Records_in_records_are_bounded()
    {
        const string Schema = """{"type":"record","name":"Tree","fields":[{"name":"name","type":"string"},{"name":"children","type":{"type":"array","items":"Tree"}},{"name":"next","type":["null","Tree"],"default":null}]}""";
        // A name, no children, a next one, and so on: 3 bytes for each level.
        byte[] bytes = [.. Enumerable.Repeat<byte[]>([0, 0, 2], 1_000_000).SelectMany(static level => level)];

        var exception = Assert.Throws<AvroValueException>(() => Bytes.Read<Tree>(bytes, Schema));

        Assert.Contains("deep", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_small_blocks_cost_no_more_than_one()
    {
        const string Schema = """{"type":"array","items":"int"}""";
        byte[] bytes = [.. Enumerable.Repeat<byte[]>([2, 2], 1_000_000).SelectMany(static block => block), 0];
        var decoder = new AvroDecoder<int[]>(AvroSchemaParser.Parse(Schema), AvroSchemaParser.Parse(Schema));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(1_000_000, decoder.Read(bytes).Length);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 4_000_000, 20_000_000);
    }

    [Fact]
    public void Decimals_of_any_length_are_read_or_refused_quickly()
    {
        var decoder = new AvroDecoder<decimal>(Bytes.Schema<decimal>(), Bytes.Schema<decimal>());
        var padded = new byte[1_000_000];
        padded[^1] = 5;
        Assert.Equal(5e-14m, decoder.Read((byte[])[.. Bytes.Write(padded.Length), .. padded]));

        padded[0] = 1;
        Assert.Throws<AvroValueException>(() => decoder.Read((byte[])[.. Bytes.Write(padded.Length), .. padded]));
        Assert.Throws<AvroValueException>(() => decoder.Read(new byte[] { 0 }));
    }
}

using System.Text.Json;
using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Tests.Resolution;

namespace EventDriven.SchemaRegistry.Avro.Tests.Types;

public sealed class RoundTripTests
{
    private static readonly JsonSerializerOptions JsonOptions = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    [Fact]
    public void Every_type_comes_back_as_it_went()
    {
        Check(Samples.Numbers);
        Check(Samples.Texts);
        Check(Samples.Times);
        Check(Samples.Optional);
        Check(Samples.Collections);
        Check(Samples.Sets);
        Check(Samples.Tree);
        Check(Samples.Unions);
        Check(Samples.Line);
        Check(Samples.Everything);
    }

    [Fact]
    public void Values_that_are_no_records_come_back_too()
    {
        Check(42L);
        Check("text");
        Check(Color.Green);
        Check<int?>(null);
        Check(new List<int> { 1, 2 });
        Check(new Dictionary<string, string> { ["a"] = "b" });
        Check<Payment>(new Payment.Card("1", 2));
        Check(new DateOnly(2026, 1, 1));
        Check(Guid.NewGuid());
    }

    [Fact]
    public void The_bytes_are_those_of_Apache_Avro()
    {
        var schema = Bytes.Schema<Everything>();
        var plain = SchemaText.WithoutLogicalTypes(schema);
        var bytes = Bytes.Write(Samples.Everything);

        Assert.Equal(bytes, Bytes.ThroughApache(plain, plain, bytes));
    }

    [Fact]
    public void Nothing_is_allocated_beside_the_array_and_the_event()
    {
        var encoder = new AvroEncoder<Numbers>(Bytes.Schema<Numbers>());
        var decoder = new AvroDecoder<Numbers>(encoder.Schema, encoder.Schema);
        byte[] prefix = [0, 0, 0, 0, 1];
        var bytes = encoder.Write(Samples.Numbers, prefix);
        decoder.Read(bytes.AsSpan(5));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) encoder.Write(Samples.Numbers, prefix);
        var written = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) decoder.Read(bytes.AsSpan(5));
        var read = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) _ = new byte[bytes.Length];
        var arrays = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) _ = Samples.Numbers with { Int = i };
        var objects = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(arrays, written);
        Assert.Equal(objects, read);
    }

    [Fact]
    public void A_value_that_has_no_form_is_told_with_its_path()
    {
        Assert.Equal("lines[1].sku", PathOf(new Order([new Item("a", 1), new Item(null!, 1)])));
        Assert.Equal("lines[0].price", PathOf(new Order([new Item("a", 1.001m)])));
        Assert.Equal("lines", PathOf(new Order(null!)));
        Assert.Equal("color", PathOf(new Texts("", [], default, (Color)99)));
        Assert.Equal("text", PathOf(new Texts("\ud800", [], default, default)));
        Assert.Equal("lasts", PathOf(Samples.Times with { Lasts = TimeSpan.FromTicks(1) }));
        Assert.Equal("anything", PathOf(Samples.Unions with { Anything = 1.5 }));
        Assert.Equal("amount", PathOf(new Money(decimal.MaxValue)));
    }

    [Fact]
    public void An_object_that_has_itself_in_it_is_an_error_and_not_the_end_of_the_process()
    {
        var children = new List<Tree>();
        var tree = new Tree("loop", children);
        children.Add(tree);

        var exception = Assert.Throws<AvroValueException>(() => Bytes.Write(tree));

        Assert.Contains("deep", exception.Message, StringComparison.Ordinal);
    }

    private static string PathOf<T>(T value) => Assert.Throws<AvroValueException>(() => Bytes.Write(value)).Path;

    private static void Check<T>(T value)
    {
        var bytes = Bytes.Write(value);
        Assert.Equal(Json(value), Json(Bytes.Read<T>(bytes)));
        Assert.Equal(bytes, Bytes.Write(Bytes.Read<T>(bytes)));
    }

    private static string Json<T>(T value) =>
        JsonSerializer.Serialize(value, JsonOptions);

    public sealed record Order(List<Item> Lines);

    public sealed record Item(string Sku, [property: AvroDecimal(10, 2)] decimal Price);
}

using System.Text.Json;
using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Serialization;
using EventDriven.SchemaRegistry.Avro.Tests.Types;

namespace EventDriven.SchemaRegistry.Avro.Tests.Generated;

/// <summary>What is generated against the expressions: the same schemas, bytes, values and errors.</summary>
public sealed class GeneratedTests
{
    private static readonly JsonSerializerOptions JsonOptions = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals, IncludeFields = true };

    [Fact]
    public void Every_type_has_the_same_schema_and_bytes()
    {
        Check(Samples.Numbers);
        Check(Samples.Texts);
        Check(Samples.Times);
        Check(new Money(1.5m));
        Check(new Point(-1, 2));
        Check(Samples.Optional);
        Check(new Optional { Name = "only" });
        Check(Samples.Collections);
        Check(Samples.Sets);
        Check(Samples.Tree);
        Check<Payment>(new Payment.Card("1", 2));
        Check<Payment>(new Payment.Cash());
        Check<IAnimal>(new Dog("Rex", 3));
        Check(Samples.Unions);
        Check(Samples.Line);
        Check(Samples.Everything);
        Check(MoreShapes.Sample);
        Check(Made.Sample);
        Check(42L);
        Check("text");
        Check(Color.Green);
        Check<int?>(null);
        Check<int?>(7);
        Check(new List<int> { 1, 2 });
        Check(new Dictionary<string, string> { ["a"] = "b" });
        Check(new DateOnly(2026, 1, 1));
        Check(Guid.NewGuid());
    }

    [Fact]
    public void What_has_no_form_is_the_same_error()
    {
        CheckError(new RoundTripTests.Order([new RoundTripTests.Item("a", 1), new RoundTripTests.Item(null!, 1)]));
        CheckError(new RoundTripTests.Order([new RoundTripTests.Item("a", 1.001m)]));
        CheckError(new RoundTripTests.Order(null!));
        CheckError(new RoundTripTests.Order([null!]));
        CheckError(new Texts("", [], default, (Color)99));
        CheckError(new Texts("\ud800", [], default, default));
        CheckError(Samples.Times with { Lasts = TimeSpan.FromTicks(1) });
        CheckError(Samples.Unions with { Anything = 1.5 });
        CheckError(MoreShapes.Sample with { Hue = (Hue)5 });
        CheckError(MoreShapes.Sample with { Large = ulong.MaxValue });
        CheckError(MoreShapes.Sample with { Days = long.MaxValue });
        CheckError(MoreShapes.Sample with { Raw = [1] });
        var children = new List<Tree>();
        children.Add(new Tree("loop", children));
        CheckError(children[0]);
    }

    [Fact]
    public void Bytes_that_are_cut_or_changed_are_the_same_error()
    {
        var generated = TestContext.Default.Get<Everything>();
        var (own, planned) = (GeneratedCodec<Everything>.OwnDecoder(generated), Planned<Everything>());
        var schema = Bytes.Schema<Everything>();
        var expressions = new AvroDecoder<Everything>(schema, schema);
        var bytes = Bytes.Write(Samples.Everything);
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var changed = bytes.AsSpan(0, i < bytes.Length ? i : bytes.Length).ToArray();
            if (i >= bytes.Length) changed[random.Next(changed.Length)] = (byte)random.Next(256);

            var expected = Outcome(() => expressions.Read(changed));
            Assert.Equal(expected, Outcome(() => own.Read(changed)));
            if (i % 10 == 0) Assert.Equal(expected, Outcome(() => planned.Read(changed)));
        }
    }

    [Fact]
    public void Nothing_is_allocated_beside_the_array_and_the_event()
    {
        var encoder = GeneratedCodec<Numbers>.OwnEncoder(TestContext.Default.Get<Numbers>());
        var decoder = GeneratedCodec<Numbers>.OwnDecoder(TestContext.Default.Get<Numbers>());
        var bytes = encoder.Write(Samples.Numbers);
        decoder.Read(bytes);

        Assert.Equal(Allocated(() => new byte[bytes.Length]), Allocated(() => encoder.Write(Samples.Numbers)));
        Assert.Equal(Allocated(() => Samples.Numbers with { Int = 1 }), Allocated(() => decoder.Read(bytes)));
    }

    [Fact]
    public void A_plan_for_another_schema_allocates_no_more()
    {
        var writer = AvroSchemaParser.Parse(Bytes.Schema<Numbers>().ToString().Replace("\"fields\":[", "\"fields\":[{\"name\":\"gone\",\"type\":\"int\"},", StringComparison.Ordinal));
        var decoder = GeneratedCodec<Numbers>.Decoder(TestContext.Default.Get<Numbers>(), writer);
        byte[] bytes = [14, .. Bytes.Write(Samples.Numbers)];

        Assert.Equal(Samples.Numbers, decoder.Read(bytes));
        Assert.Equal(Allocated(() => Samples.Numbers with { Int = 1 }), Allocated(() => decoder.Read(bytes)));
    }

    [Fact]
    public void A_type_that_the_context_does_not_name_is_told()
    {
        var exception = Assert.Throws<NotSupportedException>(() => TestContext.Default.TextOf<Version>());

        Assert.Contains("[AvroSerializable(typeof(Version))]", exception.Message, StringComparison.Ordinal);
    }

    private static void Check<T>(T value)
    {
        var generated = TestContext.Default.Get<T>();
        var bytes = Bytes.Write(value);
        var json = Json(Bytes.Read<T>(bytes));

        Assert.Equal(AvroSchemas.TextOf<T>(), TestContext.Default.TextOf<T>());
        Assert.Equal((Bytes.Schema<T>() as NamedSchema)?.FullName, generated.Name);
        Assert.Equal(bytes, GeneratedCodec<T>.OwnEncoder(generated).Write(value));
        Assert.Equal(json, Json(GeneratedCodec<T>.OwnDecoder(generated).Read(bytes)));
        Assert.Equal(bytes, PlannedEncoder<T>().Write(value));
        Assert.Equal(json, Json(Planned<T>().Read(bytes)));
    }

    private static void CheckError<T>(T value)
    {
        var expected = Outcome(() => Bytes.Write(value));

        Assert.StartsWith("refused", expected, StringComparison.Ordinal);
        Assert.Equal(expected, Outcome(() => GeneratedCodec<T>.OwnEncoder(TestContext.Default.Get<T>()).Write(value)));
        Assert.Equal(expected, Outcome(() => PlannedEncoder<T>().Write(value)));
    }

    /// <summary>By a plan, though the schema is its own.</summary>
    private static AvroDecoder<T> Planned<T>() => GeneratedCodec<T>.PlannedDecoder(TestContext.Default.Get<T>(), Bytes.Schema<T>(), Bytes.Schema<T>());

    private static AvroEncoder<T> PlannedEncoder<T>() => GeneratedCodec<T>.PlannedEncoder(TestContext.Default.Get<T>(), Bytes.Schema<T>());

    private static long Allocated(Func<object> make)
    {
        make();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) make();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static string Outcome<T>(Func<T> call)
    {
        try
        {
            return Json(call());
        }
        catch (AvroValueException exception)
        {
            return $"refused: {exception.Message}";
        }
    }

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, JsonOptions);
}

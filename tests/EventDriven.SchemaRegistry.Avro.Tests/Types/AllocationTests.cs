using System.Runtime.InteropServices;
using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Serialization;

namespace EventDriven.SchemaRegistry.Avro.Tests.Types;

/// <summary>Writing allocates the array and reading the event, and nothing beside, whatever the event has in it; compiled and generated.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Texts_bytes_and_enums_cost_themselves() => Check(Samples.Texts, Copy);

    [Fact]
    public void Times_cost_themselves() => Check(Samples.Times, static times => times with { });

    [Fact]
    public void What_may_be_null_costs_itself() => Check(Samples.Optional, Copy);

    [Fact]
    public void Arrays_lists_and_dictionaries_cost_themselves() => Check(Samples.Collections, Copy);

    [Fact]
    public void Sets_and_what_is_known_by_an_interface_cost_themselves() => Check(Samples.Sets, Copy);

    [Fact]
    public void Records_in_records_cost_themselves() => Check(Samples.Tree, Copy);

    [Fact]
    public void Unions_cost_what_is_in_them() => Check(Samples.Unions, Copy);

    /// <param name="value">An event.</param>
    /// <param name="copy">Makes all of its objects anew, by hand.</param>
    private static void Check<T>(T value, Func<T, object> copy)
    {
        var (schema, generated) = (Bytes.Schema<T>(), Generated.TestContext.Default.Get<T>());
        Check(value, copy, new AvroEncoder<T>(schema), new AvroDecoder<T>(schema, schema));
        Check(value, copy, GeneratedCodec<T>.OwnEncoder(generated), GeneratedCodec<T>.OwnDecoder(generated));
        Check(value, copy, GeneratedCodec<T>.PlannedEncoder(generated, schema), GeneratedCodec<T>.PlannedDecoder(generated, schema, schema));
    }

    private static void Check<T>(T value, Func<T, object> copy, AvroEncoder<T> encoder, AvroDecoder<T> decoder)
    {
        var bytes = encoder.Write(value);

        Assert.Equal(Allocated(() => new byte[bytes.Length]), Allocated(() => encoder.Write(value)));
        Assert.Equal(Allocated(() => copy(value)), Allocated(() => decoder.Read(bytes)!));
    }

    private static long Allocated(Func<object> make)
    {
        make();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) make();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static string Copy(string text) => new(text.AsSpan());

    private static Texts Copy(Texts texts) => new(Copy(texts.Text), [.. texts.Bytes], texts.Id, texts.Color);

    private static Money Copy(Money money) => new(money.Amount, Copy(money.Currency));

    private static Optional Copy(Optional optional) => new()
    {
        Name = Copy(optional.Name), Text = Copy(optional.Text!), Number = optional.Number, Color = optional.Color, Money = Copy(optional.Money!), Point = optional.Point,
    };

    private static Collections Copy(Collections collections) => new(
        [.. collections.Numbers],
        Copy(collections.Texts, Copy),
        Copy(collections.Points, static point => point),
        Copy(collections.Counts, static count => count),
        Copy(collections.Prices, static price => price is null ? null : Copy(price)),
        Copy(collections.Grid, static row => Copy(row, static number => number)),
        ImmutableCollectionsMarshal.AsImmutableArray(collections.Doubles.AsSpan().ToArray()),
        Copy(collections.Holes, static text => text is null ? null : Copy(text)));

    private static Sets Copy(Sets sets) => new(
        Copy(sets.Own, Copy),
        Copy((HashSet<int>)sets.Set, static number => number),
        Copy((HashSet<string>)sets.ReadOnly, Copy),
        Copy((List<int>)sets.Items, static number => number),
        Copy((List<string>)sets.Counted, Copy),
        Copy((Dictionary<string, int>)sets.Map, static number => number));

    private static Tree Copy(Tree tree) => new(Copy(tree.Name), Copy(tree.Children, Copy), tree.Next is null ? null : Copy(tree.Next));

    private static Unions Copy(Unions unions) => new(
        unions.Payment is Payment.Transfer transfer ? new Payment.Transfer(Copy(transfer.Iban), transfer.Fee) : unions.Payment,
        unions.Refund,
        Copy(unions.Animals, static animal => animal is Dog dog ? new Dog(Copy(dog.Name), dog.Age) : (IAnimal)new Cat(Copy(((Cat)animal).Name))),
        (long)unions.Anything);

    private static List<T> Copy<T>(IReadOnlyList<T> items, Func<T, T> copy)
    {
        var list = new List<T>(items.Count);
        for (var i = 0; i < items.Count; i++) list.Add(copy(items[i]));
        return list;
    }

    private static HashSet<T> Copy<T>(HashSet<T> items, Func<T, T> copy)
    {
        var set = new HashSet<T>(items.Count);
        foreach (var item in items) set.Add(copy(item));
        return set;
    }

    private static Dictionary<string, T> Copy<T>(IReadOnlyDictionary<string, T> items, Func<T, T> copy)
    {
        var dictionary = new Dictionary<string, T>(items.Count);
        foreach (var (key, value) in (Dictionary<string, T>)items) dictionary[Copy(key)] = copy(value);
        return dictionary;
    }
}

using System.Collections;
using System.Text.Json;
using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Schemas;

namespace EventDriven.SchemaRegistry.Avro.Tests.Types;

/// <summary>What code is compiled for shapes that everyday events do not have.</summary>
public sealed class CompiledCodeTests
{
    private enum Sparse
    {
        Negative = -7,
        Zero = 0,
        Far = 100_000,
    }

    private enum Huge : ulong
    {
        Zero,
        Top = ulong.MaxValue,
    }

    [Fact]
    public void Enums_whose_values_are_far_apart_are_written_by_their_symbols()
    {
        foreach (var value in Enum.GetValues<Sparse>()) Assert.Equal(value, Bytes.Read<Sparse>(Bytes.Write(value)));
        foreach (var value in Enum.GetValues<Huge>()) Assert.Equal(value, Bytes.Read<Huge>(Bytes.Write(value)));
        foreach (var value in (Sparse[])[(Sparse)(-8), (Sparse)1, (Sparse)99_999]) Assert.Contains("symbol", Assert.Throws<AvroValueException>(() => Bytes.Write(value)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_the_member_can_not_hold_is_an_error_in_its_field()
    {
        var written = Bytes.Write(new Wide(-1));

        Assert.Equal("value", Assert.Throws<AvroValueException>(() => Bytes.Read<Unsigned<uint>>(written, WideText, WideText)).Path);
        Assert.Equal("value", Assert.Throws<AvroValueException>(() => Bytes.Read<Unsigned<ulong>>(written, WideText, WideText)).Path);
        Assert.Equal("value", Assert.Throws<AvroValueException>(() => Bytes.Read<Unsigned<byte>>(written, WideText, WideText)).Path);
        Assert.Equal(-1, Bytes.Read<Unsigned<short>>(written, WideText, WideText).Value);
        Assert.Equal("value", Assert.Throws<AvroValueException>(() => Bytes.Write(new Unsigned<ulong>(ulong.MaxValue), WideText)).Path);
        Assert.Equal("value", Assert.Throws<AvroValueException>(() => Bytes.Write(new Wide(1L << 40), WideText.Replace("long", "int", StringComparison.Ordinal))).Path);
    }

    [Fact]
    public void Parameters_without_a_field_have_their_defaults()
    {
        var value = Bytes.Read<Defaults>(Bytes.Write(new Defaults("x"), NamedText), NamedText, NamedText);

        Assert.Equal(new Defaults("x"), value);
    }

    [Fact]
    public void Collections_of_all_kinds_come_back()
    {
        var value = new Kinds([1, 2], new HashSet<string> { "a" }, [3.5], new Bag { 4, 5 }, new SortedDictionary<string, int> { ["b"] = 6 }, new Pair { 7 }, new Queue<long>([8, 9]).Where(static one => one > 0));

        var read = Bytes.Read<Kinds>(Bytes.Write(value));

        Assert.Equal(JsonSerializer.Serialize(value), JsonSerializer.Serialize(read));
        Assert.IsType<Bag>(read.Bag);
        Assert.Equal("set", Assert.Throws<AvroValueException>(() => Bytes.Write(value with { Set = null! })).Path);
    }

    [Fact]
    public void A_collection_that_counts_wrongly_is_an_error() =>
        Assert.Contains("counted", Assert.Throws<AvroValueException>(() => Bytes.Write(new Liar())).Message, StringComparison.Ordinal);

    [Fact]
    public void Fields_and_setters_of_structs_are_set()
    {
        var value = new Mutable { Number = 1, Text = "a", Inner = new Mutable.Part { Depth = 2 } };

        Assert.Equal(value, Bytes.Read<Mutable>(Bytes.Write(value)));
    }

    [Fact]
    public void Attributes_of_what_is_overridden_count()
    {
        var fields = ((RecordSchema)Bytes.Schema<Derived>()).Fields;

        Assert.Equal("renamed", Assert.Single(fields).Name);
    }

    [Fact]
    public void Members_are_called_as_System_Text_Json_calls_them()
    {
        var fields = ((RecordSchema)Bytes.Schema<Spellings>()).Fields;

        Assert.Equal(typeof(Spellings).GetProperties().Select(static property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)), fields.Select(static field => field.Name));
    }

    private const string WideText = """{"type":"record","name":"Wide","fields":[{"name":"value","type":"long"}]}""";
    private const string NamedText = """{"type":"record","name":"Defaults","fields":[{"name":"name","type":"string"}]}""";

    [AvroType(Namespace = "")]
    private sealed record Wide(long Value);

    private sealed record Unsigned<T>(T Value);

    private sealed record Defaults(string Name, decimal Price = 1.5m, Color? Color = Color.Green, int? Count = 3, long Large = 4, DateTime At = default, string? Note = null);

    private sealed record Kinds(ICollection<int> Numbers, ISet<string> Set, IReadOnlyCollection<double> Reals, Bag Bag, SortedDictionary<string, int> Map, Pair Pair, IEnumerable<long> Any);

    private sealed class Bag : ICollection<int>
    {
        private readonly List<int> _items = [];

        public int Count => _items.Count;

        public bool IsReadOnly => false;

        public void Add(int item) => _items.Add(item);

        public void Clear() => _items.Clear();

        public bool Contains(int item) => _items.Contains(item);

        public void CopyTo(int[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

        public bool Remove(int item) => _items.Remove(item);

        public IEnumerator<int> GetEnumerator() => _items.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private struct Pair : ICollection<int>
    {
        private int? _first;

        public readonly int Count => _first is null ? 0 : 1;

        public readonly bool IsReadOnly => false;

        public void Add(int item) => _first = item;

        public void Clear() => _first = null;

        public readonly bool Contains(int item) => _first == item;

        public readonly void CopyTo(int[] array, int arrayIndex) => array[arrayIndex] = _first ?? 0;

        public readonly bool Remove(int item) => false;

        public readonly IEnumerator<int> GetEnumerator()
        {
            if (_first is { } first) yield return first;
        }

        readonly IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Liar : ICollection<int>
    {
        public int Count => 2;

        public bool IsReadOnly => false;

        public void Add(int item) => throw new NotSupportedException();

        public void Clear() => throw new NotSupportedException();

        public bool Contains(int item) => false;

        public void CopyTo(int[] array, int arrayIndex) => throw new NotSupportedException();

        public bool Remove(int item) => false;

        public IEnumerator<int> GetEnumerator()
        {
            yield return 1;
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private struct Mutable
    {
        public int Number;

        public string? Text { get; set; }

        public Part Inner { get; set; }

        public record struct Part(int Depth);
    }

    private abstract record Base
    {
        [AvroField("renamed")]
        public abstract string Name { get; init; }
    }

    private sealed record Derived : Base
    {
        public override string Name { get; init; } = "";
    }

#pragma warning disable CA1707 // Spellings are what this is about.
    private sealed record Spellings(int A, int ID, int XMLHttp, int IOStream, int URLs, int lower, int ABc, int Under_Score);
#pragma warning restore CA1707
}

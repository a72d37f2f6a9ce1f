using System.Collections.Immutable;
using System.Runtime.Serialization;

namespace EventDriven.SchemaRegistry.Avro.Tests.Types;

public enum Color
{
    [EnumMember(Value = "RED")]
    Red,
    Green,
    DarkBlue,
}

[AvroType(Default = "Unknown")]
public enum Shipping : byte
{
    Unknown,
    Standard = 10,
    Express = 20,
}

#pragma warning disable CA1720 // The names say which type they are.
public sealed record Numbers(bool Flag, sbyte Tiny, byte Small, short Short, ushort Word, int Int, uint Unsigned, long Long, float Float, double Double);

public sealed record Plain(bool Flag, int Int, long Long, float Float, double Double, string Text, byte[] Bytes);
#pragma warning restore CA1720

public sealed record Texts(string Text, byte[] Bytes, Guid Id, Color Color);

public sealed record Times(
    DateTimeOffset At,
    [AvroLogicalType("timestamp-millis")] DateTimeOffset AtMillis,
    DateTime Moment,
    [AvroLogicalType("local-timestamp-micros")] DateTime Wall,
    DateOnly Day,
    TimeOnly Time,
    [AvroLogicalType("time-millis")] TimeOnly TimeMillis,
    TimeSpan Lasts,
    [AvroLogicalType("time-micros")] TimeSpan Exactly);

public sealed record Money([property: AvroDecimal(18, 2)] decimal Amount, string Currency = "EUR");

public readonly record struct Point(int X, int Y);

public sealed class Optional
{
    public string? Text { get; set; }

    public int? Number { get; set; }

    public Color? Color { get; set; }

    public Money? Money { get; set; }

    public Point? Point { get; init; }

    public required string Name { get; init; }

    public int Length => Name.Length;

    [AvroIgnore]
    public string Ignored { get; set; } = "";
}

public sealed record Collections(
    int[] Numbers,
    List<string> Texts,
    IReadOnlyList<Point> Points,
    Dictionary<string, long> Counts,
    IReadOnlyDictionary<string, Money?> Prices,
    List<List<int>> Grid,
    ImmutableArray<double> Doubles,
    List<string?> Holes);

public sealed record Sets(HashSet<string> Own, ISet<int> Set, IReadOnlySet<string> ReadOnly, ICollection<int> Items, IReadOnlyCollection<string> Counted, IDictionary<string, int> Map);

public sealed record Tree(string Name, List<Tree> Children, Tree? Next = null);

public abstract record Payment
{
    private Payment()
    {
    }

    public sealed record Card(string Number, int Month) : Payment;

    public sealed record Transfer(string Iban, [property: AvroDecimal(10, 2)] decimal Fee) : Payment;

    public sealed record Cash : Payment;
}

[AvroUnion(typeof(Cat), typeof(Dog))]
public interface IAnimal;

public sealed record Cat(string Name) : IAnimal;

public sealed record Dog(string Name, int Age) : IAnimal;

public sealed record Unions(Payment Payment, Payment? Refund, List<IAnimal> Animals, [property: AvroUnion(typeof(string), typeof(long), typeof(Cat))] object Anything);

[AvroType(Name = "OrderLine", Namespace = "com.acme", Aliases = ["Line", "org.old.Row"], Doc = "A line of an order.")]
public sealed record Line(
    [property: AvroField("sku_code", Aliases = ["sku"], Doc = "What is ordered.")] string Sku,
    [AvroField(Default = "1")] int Quantity,
    [property: AvroField(Default = "\"x\"")] string? Note,
    bool Urgent = false,
    Shipping Shipping = Shipping.Standard);

public sealed record Everything(Numbers Numbers, Texts Texts, Times Times, Money Money, Optional Optional, Collections Collections, Tree Tree, Unions Unions, Line Line, Line Second);

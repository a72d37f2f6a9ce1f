using System.Collections.Immutable;

namespace EventDriven.SchemaRegistry.Avro.Tests.Types;

/// <summary>A value of each type.</summary>
internal static class Samples
{
    public static Numbers Numbers { get; } = new(true, -5, 200, -30_000, 60_000, int.MinValue, uint.MaxValue, long.MaxValue, 1.5f, -2.25e100);

    public static Texts Texts { get; } = new("Grüße, 世界 🎉", [0, 1, 255], Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"), Color.DarkBlue);

    public static Times Times { get; } = new(
        new DateTimeOffset(2026, 3, 1, 12, 30, 15, 123, 456, TimeSpan.Zero),
        new DateTimeOffset(1969, 12, 31, 23, 59, 59, 999, TimeSpan.Zero),
        new DateTime(2026, 3, 1, 1, 2, 3, DateTimeKind.Utc),
        new DateTime(2026, 3, 1, 1, 2, 3),
        new DateOnly(1815, 12, 10),
        new TimeOnly(23, 59, 59, 999, 999),
        new TimeOnly(1, 2, 3, 4),
        new TimeSpan(400, 1, 2, 3, 4),
        TimeSpan.FromMicroseconds(-1));

    public static Optional Optional { get; } = new() { Name = "n", Text = "t", Number = 0, Color = Color.Red, Money = new Money(1.50m), Point = new Point(-1, 1) };

    public static Collections Collections { get; } = new(
        [1, 2, 3], ["a", ""], [new Point(1, 2)], new() { ["x"] = 1, ["y"] = -1 }, new Dictionary<string, Money?> { ["none"] = null, ["one"] = new(1.00m) }, [[1], [], [2, 3]], [0.5, double.NaN], [null, "x"]);

    public static Sets Sets { get; } = new(["a", "b"], new HashSet<int> { 1, 2 }, new HashSet<string> { "c" }, new List<int> { 3 }, new List<string> { "d" }, new Dictionary<string, int> { ["e"] = 4 });

    public static Tree Tree { get; } = new("root", [new Tree("leaf", [], new Tree("next", []))]);

    public static Unions Unions { get; } = new(new Payment.Transfer("DE02", 0.25m), null, [new Dog("Rex", 3), new Cat("Tom")], 42L);

    public static Line Line { get; } = new("A-1", 2, null, true, Shipping.Express);

    public static Everything Everything { get; } = new(Numbers, Texts, Times, new Money(-12_345.67m, "USD"), Optional, Collections, Tree, Unions, Line, Line);
}

using System.Collections.ObjectModel;

namespace EventDriven.SchemaRegistry.Avro.Tests.Generated;

/// <summary>Collections and attributes beyond those of the other samples.</summary>
public sealed record MoreShapes(
    HashSet<string> Set,
    ISet<int> SetInterface,
    IEnumerable<int> Items,
    ICollection<string> Collection,
    IReadOnlyCollection<long> Counted,
    Collection<int> Own,
    SortedDictionary<string, int> Sorted,
    IDictionary<string, List<string?>> Map,
    int[][] Jagged,
    byte[][] Blobs,
    [property: AvroLogicalType("duration")] byte[] Raw,
    [property: AvroLogicalType("date")] long Days,
    [property: AvroLogicalType("timestamp-nanos")] DateTime Nanos,
    [property: AvroLogicalType("local-timestamp-millis")] DateTime Wall,
    [property: AvroLogicalType("local-timestamp-nanos")] DateTime WallNanos,
    [property: AvroUnion(typeof(int), typeof(long), typeof(bool))] object? Number,
    [property: AvroUnion(typeof(string), typeof(double))] List<object> Mixed,
    List<Hue?> Hues,
    double Ratio = 0.5,
    ulong Large = 7,
    string Quoted = "a \"b\" Grüße €",
    Hue Hue = Hue.Cold,
    int? Maybe = null)
{
    public static MoreShapes Sample { get; } = new(
        ["a", "b"], new HashSet<int> { 1, 2 }, [1, 2, 3], ["x"], [4L], new Collection<int> { 1 }, new SortedDictionary<string, int> { ["k"] = 1 }, new Dictionary<string, List<string?>> { ["m"] = [null, "v"] },
        [[1], [], [2, 3]], [[1, 2], []], new byte[12], 3, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2026, 1, 1), new DateTime(2026, 1, 1).AddTicks(3), 42L, ["s", 1.5], [Hue.Warm, null, Hue.Cold]);
}

/// <summary>An enum whose numbers are not those of its symbols.</summary>
public enum Hue
{
    Warm = -1,
    Cold = 300,
}

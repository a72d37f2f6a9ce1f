using EventDriven.SchemaRegistry.Avro;

namespace EventDriven.Benchmarks.Avro;

/// <summary>An event of about 10 KB: arrays, maps, unions and decimals.</summary>
[AvroType(Namespace = "benchmarks")]
public sealed record LargeOrder(string Id, List<LargeLine> Lines, Dictionary<string, string> Attributes, LargePayment Payment, int[] Codes)
{
    public static LargeOrder Create() => new(
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        [.. Enumerable.Range(0, 150).Select(static i => new LargeLine($"sku-{i:D8}", i % 7, 10.25m * i, i % 3 == 0 ? null : $"note number {i}"))],
        Enumerable.Range(0, 100).ToDictionary(static i => $"attribute-{i:D4}", static i => $"the value of attribute number {i}"),
        new LargePayment.Card("4111 1111 1111 1111", 12),
        [.. Enumerable.Range(0, 400).Select(static i => i * 37)]);
}

/// <summary>A line of it.</summary>
[AvroType(Namespace = "benchmarks")]
public sealed record LargeLine(string Sku, int Quantity, [property: AvroDecimal(12, 2)] decimal Price, string? Note);

/// <summary>One of two ways to pay.</summary>
public abstract record LargePayment
{
    private LargePayment()
    {
    }

    /// <summary>By card.</summary>
    [AvroType(Namespace = "benchmarks")]
    public sealed record Card(string Number, int Month) : LargePayment;

    /// <summary>By transfer.</summary>
    [AvroType(Namespace = "benchmarks")]
    public sealed record Transfer(string Iban) : LargePayment;
}

using System.Text.Json.Serialization;

namespace EventDriven.Benchmarks;

/// <summary>What a benchmark found out: ours, the raw client's twin, and how they compare.</summary>
internal sealed record Row
{
    public required string Name { get; init; }

    public string Unit { get; init; } = "events/s";

    /// <summary>The median over the rounds.</summary>
    public required double Ours { get; init; }

    /// <summary>The median over the rounds.</summary>
    public required double Raw { get; init; }

    /// <summary>Ours over raw as rates, so that higher is better; the median of the rounds' own ratios.</summary>
    public required double Ratio { get; init; }

    public double RatioMin { get; init; }

    public double RatioMax { get; init; }

    public double? BytesPerEvent { get; init; }

    public double? RawBytesPerEvent { get; init; }

    /// <summary>Events in a transaction of ours: the median over the rounds of what each had on average.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? EventsPerTransaction { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? LargestTransaction { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(List<Row>))]
internal sealed partial class RowsJson : JsonSerializerContext;

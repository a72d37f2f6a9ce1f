using System.Globalization;

namespace EventDriven.Benchmarks;

/// <summary>What the command line says.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage = """
        dotnet run -c Release --project tests/EventDriven.Benchmarks -- NAME [options]

          NAME                     consume, produce, keyed, latency, startup, memory, retry, lateness, parked, transactions, avro, json, protobuf, registry, or all
          --bootstrap-servers S    a real broker; without it, an embedded Kafka (memory needs a real one)
          --json FILE              writes the rows as JSON
          --rounds N               how often each side runs, interleaved; 5 unless told
          --events N               how many events a round has; chosen by benchmark and broker unless told
        """;

    public required string Name { get; init; }

    public string? BootstrapServers { get; init; }

    public string? Json { get; init; }

    public int Rounds { get; init; } = 5;

    public int? Events { get; init; }

    /// <returns>Null where the arguments make no sense.</returns>
    public static BenchmarkOptions? Parse(string[] args)
    {
        if (args.Length == 0 || args[0].StartsWith('-') || args.Length % 2 == 0) return null;

        var options = new BenchmarkOptions { Name = args[0] };
        for (var i = 1; i < args.Length; i += 2)
        {
            var value = args[i + 1];
            var isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
            switch (args[i])
            {
                case "--bootstrap-servers":
                    options = options with { BootstrapServers = value };
                    break;
                case "--json":
                    options = options with { Json = value };
                    break;
                case "--rounds" when isNumber:
                    options = options with { Rounds = number };
                    break;
                case "--events" when isNumber:
                    options = options with { Events = number };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}

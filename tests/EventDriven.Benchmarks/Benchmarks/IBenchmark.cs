namespace EventDriven.Benchmarks;

/// <summary>A benchmark that the command line can name.</summary>
internal interface IBenchmark
{
    string Name { get; }

    IAsyncEnumerable<Row> RunAsync(BenchmarkRun run);
}

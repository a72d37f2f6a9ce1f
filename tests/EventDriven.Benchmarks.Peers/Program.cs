using EventDriven.Benchmarks;
using EventDriven.Benchmarks.Peers;

const string Usage = """
    dotnet run -c Release --project tests/EventDriven.Benchmarks.Peers -- NAME [options]

      NAME                     peers
      --bootstrap-servers S    a real broker; without it, an embedded Kafka
      --json FILE              writes the rows as JSON
      --rounds N               how often each side runs, in turn; 5 unless told
      --events N               how many events a round has; chosen by broker unless told
    """;

return await BenchmarkProgram.RunAsync(args, Usage, "theirs", [new PeersBenchmark()]);

using EventDriven.Benchmarks;

if (args is [StartupBenchmark.Once, var side])
{
    await StartupBenchmark.RunOnceAsync(side);
    Environment.Exit(0);
}

if (args is [AvroBenchmark.Once, var codec])
{
    AvroBenchmark.RunOnce(codec);
    return 0;
}

return await BenchmarkProgram.RunAsync(
    args,
    BenchmarkOptions.Usage,
    "raw",
    [new ConsumeBenchmark(), new ProduceBenchmark(), new KeyedBenchmark(), new LatencyBenchmark(), new StartupBenchmark(), new MemoryBenchmark(), new RetryBenchmark(), new LatenessBenchmark(), new ParkedBenchmark(), new TransactionsBenchmark(), new AvroBenchmark(), new JsonBenchmark(), new ProtobufBenchmark(), new RegistryBenchmark()]);

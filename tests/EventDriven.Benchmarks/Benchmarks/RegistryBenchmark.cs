using System.Buffers.Binary;
using Confluent.SchemaRegistry;
using EventDriven.Benchmarks.Avro;
using EventDriven.SchemaRegistry;
using EventDriven.SchemaRegistry.Json;

namespace EventDriven.Benchmarks;

/// <summary>What it costs to find a schema that is known: by its id, against the client vendor's own cache; and to tell which type an event is, against a dictionary by hand.</summary>
internal sealed class RegistryBenchmark : IBenchmark
{
    private const int Events = 5_000_000;

    public string Name => "registry";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        await using var bench = await SchemaBench.StartAsync();
        for (var i = 0; i < 100; i++) bench.Registry.Register($"s{i}", $$"""{"title":"T{{i}}","type":"object"}""", "JSON");
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = bench.Url });
        var access = bench.Access;
        for (var id = 1; id <= 100; id++)
        {
            await access.GetAsync(new SchemaKey(id), run.Stopping);
            await client.GetSchemaAsync(id);
        }

        var (ours, vendors) = (0, 0);
        yield return await Comparison.RunAsync(
            run, "registry-cached",
            () => SchemaBench.Measure(run, Events, () => SchemaBench.Ended(access.GetAsync(new SchemaKey((ours++ % 100) + 1), default))),
            () => SchemaBench.Measure(run, Events, () => client.GetSchemaAsync((vendors++ % 100) + 1).GetAwaiter().GetResult())) with { Note = "100 schemas in turn; raw is the cache of the client vendor's client" };

        var options = new JsonSchemaOptions { SerializerOptions = BenchmarkJson.Default.Options };
        var factory = new JsonSchemaSerializerFactory(bench.Settings(options), options);
        var framed = await factory.Create<AvroOrder>(EventComponent.Value).SerializeAsync(AvroOrder.Create(), SchemaBench.Context, run.Stopping);
        var name = (await factory.ReadTypeAsync(framed, SchemaBench.Context, run.Stopping))!;
        var names = new Dictionary<int, string> { [BinaryPrimitives.ReadInt32BigEndian(framed.AsSpan(1))] = name };
        yield return await Comparison.RunAsync(
            run, "registry-type",
            () => SchemaBench.Measure(run, Events, () => SchemaBench.Ended(factory.ReadTypeAsync(framed, SchemaBench.Context, default))!),
            () => SchemaBench.Measure(run, Events, () => names[BinaryPrimitives.ReadInt32BigEndian(framed.AsSpan(1))])) with { Note = "which type an event is, by its schema; raw is a dictionary by hand" };
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using EventDriven.Benchmarks.Avro;
using EventDriven.SchemaRegistry.Json;

namespace EventDriven.Benchmarks;

/// <summary>JSON with a schema against System.Text.Json by itself: the codec alone, and the whole serializer with its frame. Nothing but the calls; no broker.</summary>
internal sealed class JsonBenchmark : IBenchmark
{
    private const int Events = 500_000;

    private static readonly byte[] Prefix = [0, 0, 0, 0, 1];

    public string Name => "json";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        var (order, type) = (AvroOrder.Create(), BenchmarkJson.Default.AvroOrder);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(order, type);
        var (writer, reader) = (new JsonSchemaWriter<AvroOrder>(type, null), new JsonSchemaReader<AvroOrder>(type, null));
        Func<object> rawWrite = () => JsonSerializer.SerializeToUtf8Bytes(order, type), rawRead = () => JsonSerializer.Deserialize(bytes, type)!;

        yield return await Comparison.RunAsync(run, "json-write", () => SchemaBench.Measure(run, Events, () => writer.Write(order, Prefix)), () => SchemaBench.Measure(run, Events, rawWrite)) with { Note = $"{bytes.Length} bytes" };
        yield return await Comparison.RunAsync(run, "json-read", () => SchemaBench.Measure(run, Events, () => reader.Read(bytes)), () => SchemaBench.Measure(run, Events, rawRead));

        await using var bench = await SchemaBench.StartAsync();
        var options = new JsonSchemaOptions { SerializerOptions = BenchmarkJson.Default.Options };
        var serializer = new JsonSchemaSerializerFactory(bench.Settings(options), options).Create<AvroOrder>(EventComponent.Value);
        var framed = await serializer.SerializeAsync(order, SchemaBench.Context, run.Stopping);
        await serializer.DeserializeAsync(framed, SchemaBench.Context, run.Stopping);
        if (!framed.AsSpan(5).SequenceEqual(bytes)) throw new InvalidOperationException("The two sides write different bytes.");

        yield return await Comparison.RunAsync(
            run, "json-write-framed", () => SchemaBench.Measure(run, Events, () => SchemaBench.Ended(serializer.SerializeAsync(order, SchemaBench.Context, default))), () => SchemaBench.Measure(run, Events, rawWrite));
        yield return await Comparison.RunAsync(
            run, "json-read-framed", () => SchemaBench.Measure(run, Events, () => SchemaBench.Ended(serializer.DeserializeAsync(framed, SchemaBench.Context, default))), () => SchemaBench.Measure(run, Events, rawRead));
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AvroOrder))]
internal sealed partial class BenchmarkJson : JsonSerializerContext;

using EventDriven.SchemaRegistry.Protobuf;
using EventDriven.SchemaRegistry.Protobuf.Messages;
using EventDriven.SchemaRegistry.Protobuf.Schemas;
using EventDriven.SchemaRegistry.Protobuf.Serialization;
using Google.Protobuf;
using Shop;

namespace EventDriven.Benchmarks;

/// <summary>Protobuf against Google.Protobuf by itself: the codec alone, and the whole serializer with its frame. Nothing but the calls; no broker.</summary>
internal sealed class ProtobufBenchmark : IBenchmark
{
    private const int Events = 1_000_000;

    private static readonly byte[] Prefix = [0, 0, 0, 0, 1, 0];

    public string Name => "protobuf";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        var order = Create();
        var bytes = order.ToByteArray();
        var options = new ProtobufOptions();
        var message = MessageType.Of<OrderPlaced>(options);
        var (writer, reader) = (new ProtobufWriter<OrderPlaced>([0], message.HasRequiredFields), new ProtobufReader<OrderPlaced>(message, ProtoFile.Parse(OrderPlaced.Descriptor.File.SerializedData.ToBase64()), null));
        Func<object> rawWrite = order.ToByteArray, rawRead = () => OrderPlaced.Parser.ParseFrom(bytes);

        yield return await Comparison.RunAsync(run, "protobuf-write", () => SchemaBench.Measure(run, Events, () => writer.Write(order, Prefix)), () => SchemaBench.Measure(run, Events, rawWrite)) with { Note = $"{bytes.Length} bytes" };
        yield return await Comparison.RunAsync(run, "protobuf-read", () => SchemaBench.Measure(run, Events, () => reader.Read([0], bytes)), () => SchemaBench.Measure(run, Events, rawRead));

        await using var bench = await SchemaBench.StartAsync();
        var serializer = new ProtobufSerializerFactory(bench.Settings(options), options).Create<OrderPlaced>(EventComponent.Value);
        var framed = await serializer.SerializeAsync(order, SchemaBench.Context, run.Stopping);
        await serializer.DeserializeAsync(framed, SchemaBench.Context, run.Stopping);
        if (!framed.AsSpan(6).SequenceEqual(bytes)) throw new InvalidOperationException("The two sides write different bytes.");

        yield return await Comparison.RunAsync(
            run, "protobuf-write-framed", () => SchemaBench.Measure(run, Events, () => SchemaBench.Ended(serializer.SerializeAsync(order, SchemaBench.Context, default))), () => SchemaBench.Measure(run, Events, rawWrite));
        yield return await Comparison.RunAsync(
            run, "protobuf-read-framed", () => SchemaBench.Measure(run, Events, () => SchemaBench.Ended(serializer.DeserializeAsync(framed, SchemaBench.Context, default))), () => SchemaBench.Measure(run, Events, rawRead));
    }

    private static OrderPlaced Create() => new()
    {
        Id = "0f8fad5b-d9cb-469f-a165-70867728950e",
        Total = new Money { Units = 123_456, Currency = new Currency { Code = "EUR" } },
        Lines = { new OrderPlaced.Types.Line { Product = "sku-000017", Count = 2 }, new OrderPlaced.Types.Line { Product = "sku-000018", Count = 1 } },
        PlacedAt = new() { Seconds = 1_800_000_000 },
        Codes = { 1, 20, 300 },
        Tags = { ["note"] = "Please leave it at the back door." },
    };
}

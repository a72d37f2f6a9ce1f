using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Avro.IO;
using Avro.Specific;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using EventDriven.Benchmarks.Avro;
using EventDriven.SchemaRegistry.Avro;
using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Serialization;
using EventDriven.SchemaRegistry.Avro.Types;

namespace EventDriven.Benchmarks;

/// <summary>
/// Plain types as Avro: against what one writes by hand, without and with the frame, the client vendor's serializers, and Apache.Avro's own writer and reader. Nothing but the calls; no broker.
/// </summary>
internal sealed class AvroBenchmark : IBenchmark
{
    /// <summary>The hidden name under which the child process runs one side.</summary>
    public const string Once = "avro-once";

    private static readonly byte[] Prefix = [0, 0, 0, 0, 1];

    public string Name => "avro";

    public async IAsyncEnumerable<Row> RunAsync(BenchmarkRun run)
    {
        var (order, large, vendors) = (AvroOrder.Create(), LargeOrder.Create(), VendorOrder.Create());
        var (encoder, decoder) = Codec<AvroOrder>();
        var (largeEncoder, largeDecoder) = Codec<LargeOrder>();
        var (bytes, largeBytes) = (HandCodec.Write(order), HandCodec.Write(large));
        EnsureSame(bytes, encoder.Write(order));
        EnsureSame(largeBytes, largeEncoder.Write(large));
        if (bytes.Length != AvroOrder.Length) throw new InvalidOperationException($"The event has {bytes.Length} bytes.");

        yield return await Comparison.RunAsync(run, "avro-write", () => Measure(run, 2_000_000, () => encoder.Write(order)), () => Measure(run, 2_000_000, () => HandCodec.Write(order)));
        yield return await Comparison.RunAsync(run, "avro-read", () => Measure(run, 2_000_000, () => decoder.Read(bytes)), () => Measure(run, 2_000_000, () => HandCodec.ReadOrder(bytes)));
        yield return await Comparison.RunAsync(run, "avro-write-large", () => Measure(run, 20_000, () => largeEncoder.Write(large)), () => Measure(run, 20_000, () => HandCodec.Write(large))) with { Note = $"{largeBytes.Length:N0} bytes" };
        yield return await Comparison.RunAsync(run, "avro-read-large", () => Measure(run, 20_000, () => largeDecoder.Read(largeBytes)), () => Measure(run, 20_000, () => HandCodec.ReadLarge(largeBytes)));

        var (generatedEncoder, generatedDecoder) = Generated<AvroOrder>();
        var (largeGeneratedEncoder, largeGeneratedDecoder) = Generated<LargeOrder>();
        EnsureSame(bytes, generatedEncoder.Write(order));
        EnsureSame(largeBytes, largeGeneratedEncoder.Write(large));
        yield return await Comparison.RunAsync(run, "avro-generated-write", () => Measure(run, 2_000_000, () => generatedEncoder.Write(order)), () => Measure(run, 2_000_000, () => encoder.Write(order))) with { Note = "against the code that is compiled at run time" };
        yield return await Comparison.RunAsync(run, "avro-generated-read", () => Measure(run, 2_000_000, () => generatedDecoder.Read(bytes)), () => Measure(run, 2_000_000, () => decoder.Read(bytes))) with { Note = "against the code that is compiled at run time" };
        yield return await Comparison.RunAsync(run, "avro-generated-write-large", () => Measure(run, 20_000, () => largeGeneratedEncoder.Write(large)), () => Measure(run, 20_000, () => largeEncoder.Write(large))) with { Note = "against the code that is compiled at run time" };
        yield return await Comparison.RunAsync(run, "avro-generated-read-large", () => Measure(run, 20_000, () => largeGeneratedDecoder.Read(largeBytes)), () => Measure(run, 20_000, () => largeDecoder.Read(largeBytes))) with { Note = "against the code that is compiled at run time" };

        await foreach (var row in FramedAsync(run, order, bytes, vendors)) yield return row;

        var (writer, reader) = (new SpecificDatumWriter<VendorOrder>(VendorOrder._SCHEMA), new SpecificDatumReader<VendorOrder>(VendorOrder._SCHEMA, VendorOrder._SCHEMA));
        var stream = new MemoryStream();
        yield return await Comparison.RunAsync(run, "avro-write-apache", () => Measure(run, 2_000_000, () => encoder.Write(order)), () => Measure(run, 100_000, () =>
        {
            stream.SetLength(0);
            writer.Write(vendors, new BinaryEncoder(stream));
            return stream.ToArray();
        }));
        yield return await Comparison.RunAsync(
            run, "avro-read-apache", () => Measure(run, 2_000_000, () => decoder.Read(bytes)), () => Measure(run, 100_000, () => reader.Read(null!, new BinaryDecoder(new MemoryStream(bytes)))));
        yield return await ColdAsync(run, "avro-cold", "ours");
        yield return await ColdAsync(run, "avro-generated-cold", "generated");
    }

    /// <summary>What the child does: the first write and read of a process, in milliseconds.</summary>
    public static void RunOnce(string side)
    {
        var started = Stopwatch.GetTimestamp();
        var order = AvroOrder.Create();
        if (side == "ours")
        {
            var (encoder, decoder) = Codec<AvroOrder>();
            decoder.Read(encoder.Write(order, Prefix).AsSpan(5));
        }
        else if (side == "generated")
        {
            var (encoder, decoder) = Generated<AvroOrder>();
            decoder.Read(encoder.Write(order, Prefix).AsSpan(5));
        }
        else
        {
            HandCodec.ReadOrder(HandCodec.Write(order));
        }

        Console.WriteLine(Stopwatch.GetElapsedTime(started).TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>All that <c>UseAvro()</c> does for an event: the frame, and the schema by its id.</summary>
    private static async IAsyncEnumerable<Row> FramedAsync(BenchmarkRun run, AvroOrder order, byte[] bytes, VendorOrder vendors)
    {
        await using var bench = await SchemaBench.StartAsync();
        var options = new AvroOptions();
        var whole = new AvroSerializerFactory(bench.Settings(options), options, bench.Services).Create<AvroOrder>(EventComponent.Value);
        var framed = await whole.SerializeAsync(order, SchemaBench.Context, run.Stopping);
        await whole.DeserializeAsync(framed, SchemaBench.Context, run.Stopping);
        var id = BinaryPrimitives.ReadInt32BigEndian(framed.AsSpan(1));
        EnsureSame(framed, HandCodec.WriteFramed(order, id));
        Func<object> writeFramed = () => SchemaBench.Ended(whole.SerializeAsync(order, SchemaBench.Context, default)), readFramed = () => SchemaBench.Ended(whole.DeserializeAsync(framed, SchemaBench.Context, default));
        yield return await Comparison.RunAsync(run, "avro-write-framed", () => Measure(run, 2_000_000, writeFramed), () => Measure(run, 2_000_000, () => HandCodec.WriteFramed(order, id)));
        yield return await Comparison.RunAsync(run, "avro-read-framed", () => Measure(run, 2_000_000, readFramed), () => Measure(run, 2_000_000, () => HandCodec.ReadFramed(framed, id)));

        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = bench.Url });
        var (serializer, deserializer, context) = (new AvroSerializer<VendorOrder>(client), new AvroDeserializer<VendorOrder>(client), new SerializationContext(MessageComponentType.Value, "vendors"));
        var theirs = await serializer.SerializeAsync(vendors, context);
        EnsureSame(theirs[5..], bytes);
        yield return await Comparison.RunAsync(
            run, "avro-write-vendor", () => Measure(run, 2_000_000, writeFramed), () => Measure(run, 100_000, () => serializer.SerializeAsync(vendors, context).GetAwaiter().GetResult()));
        yield return await Comparison.RunAsync(
            run, "avro-read-vendor", () => Measure(run, 2_000_000, readFramed), () => Measure(run, 50_000, () => deserializer.DeserializeAsync(theirs, false, context).GetAwaiter().GetResult()));
    }

    private static async Task<Row> ColdAsync(BenchmarkRun run, string name, string side)
    {
        var ours = new List<double>();
        var raw = new List<double>();
        for (var round = 0; round < run.Options.Rounds; round++)
        {
            ours.Add(await StartupBenchmark.InChildAsync(Once, side, run.Stopping));
            raw.Add(await StartupBenchmark.InChildAsync(Once, "raw", run.Stopping));
        }

        var ratios = ours.Zip(raw, static (o, r) => r / o).ToArray();
        return new Row
        {
            Name = name,
            Unit = "ms",
            Ours = Comparison.Median(ours),
            Raw = Comparison.Median(raw),
            Ratio = Comparison.Median(ratios),
            RatioMin = ratios.Min(),
            RatioMax = ratios.Max(),
            Note = "the first write and read of a process, the schema and its plans included",
        };
    }

    private static (AvroEncoder<T> Encoder, AvroDecoder<T> Decoder) Codec<T>()
    {
        var schema = SchemaFromType.Of(typeof(T));
        return (new AvroEncoder<T>(schema), new AvroDecoder<T>(schema, schema));
    }

    private static (AvroEncoder<T> Encoder, AvroDecoder<T> Decoder) Generated<T>()
    {
        var generated = AvroOrders.Default.Get<T>();
        return (GeneratedCodec<T>.OwnEncoder(generated), GeneratedCodec<T>.OwnDecoder(generated));
    }

    private static Task<Measurement> Measure(BenchmarkRun run, int events, Func<object> call) => SchemaBench.Measure(run, events, call);

    private static void EnsureSame(byte[] left, byte[] right)
    {
        if (!left.AsSpan().SequenceEqual(right)) throw new InvalidOperationException("The two sides write different bytes.");
    }
}

using System.Collections.Concurrent;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using EventDriven.SchemaRegistry.Avro.Tests.Serialization;
using EventDriven.SchemaRegistry.Avro.Tests.Types;

namespace EventDriven.SchemaRegistry.Avro.Tests.Resolution;

/// <summary>
/// Schemas made at random, a value of each, and one registry: what the client vendor's serializer writes of the value is what ours writes of it, frame and all, and each reads what the
/// other has written.
/// </summary>
public sealed class VendorEqualityTests
{
    /// <summary>Of how many schemas one is compiled for, which takes longer than all the rest; no divisor of the number of types.</summary>
    private const int Compiled = 25;

    private int _equal;
    private int _refused;

    /// <summary>EVENTDRIVEN_AVRO_SCHEMAS says how many schemas, where not 2,000.</summary>
    [Fact]
    public async Task Bytes_of_generated_schemas_are_those_of_the_vendors_serializer_and_each_reads_the_others()
    {
        var schemas = int.TryParse(Environment.GetEnvironmentVariable("EVENTDRIVEN_AVRO_SCHEMAS"), out var wanted) ? wanted : 2_000;
        var findings = new ConcurrentBag<string>();
        await using var bench = await AvroBench.StartAsync();
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = bench.Registry.Url });
        var vendors = new Vendors(client, new AvroDeserializer<GenericRecord>(client));
        await Parallel.ForEachAsync(Enumerable.Range(0, schemas), async (seed, _) =>
        {
            if (findings.Count >= 5) return;

            var finding = await ((seed % 8) switch
            {
                0 => CheckAsync<Plain>(bench, vendors, seed),
                1 => CheckAsync<Texts>(bench, vendors, seed),
                2 => CheckAsync<Times>(bench, vendors, seed),
                3 => CheckAsync<Optional>(bench, vendors, seed),
                4 => CheckAsync<Collections>(bench, vendors, seed),
                5 => CheckAsync<Tree>(bench, vendors, seed),
                6 => CheckAsync<Unions>(bench, vendors, seed),
                _ => CheckAsync<Line>(bench, vendors, seed),
            });
            if (finding is not null) findings.Add(finding);
        });

        Assert.True(findings.IsEmpty, string.Join("\n\n", findings));
        TestContext.Current.TestOutputHelper?.WriteLine($"{_equal} equal, {_refused} refused by the vendor's");
        Assert.InRange(_equal, schemas * 9 / 10, schemas);
    }

    /// <returns>What is wrong; null where nothing is.</returns>
    private async Task<string?> CheckAsync<T>(AvroBench bench, Vendors vendors, int seed)
    {
        var random = new Random(seed);
        var schema = new SchemaMutator(random, isWriter: false, keepsNames: seed / 8 % 2 == 0).Mutate(Bytes.Schema<T>());
        var (topic, text) = ($"s{seed}", schema.ToString());
        var id = bench.Registry.Register($"{topic}-value", text);
        byte[] given = [.. SchemaFrame.Prefix(id, default), .. new ValueGenerator(random).Generate(schema)];

        var serializer = seed % Compiled == 0 ? bench.Compiled<T>(options => options.Schema = text) : bench.Generated<T>(options => options.UseSchemaId = id);
        var ours = await WriteAgainAsync(serializer, given, topic);
        byte[] theirs;
        try
        {
            theirs = await WriteAgainAsync(vendors, given, topic, id);
        }
        catch (Exception exception) when (exception is global::Avro.AvroException or OverflowException or InvalidCastException)
        {
            Interlocked.Increment(ref _refused);
            return null;
        }

        if (!ours.AsSpan().SequenceEqual(theirs)) return Tell("written", theirs);
        if (await WriteAgainAsync(vendors, ours, topic, id) is var again && !ours.AsSpan().SequenceEqual(again)) return Tell("ours read by the vendor's", again);
        if (await WriteAgainAsync(serializer, theirs, topic) is var back && !ours.AsSpan().SequenceEqual(back)) return Tell("the vendor's read by ours", back);

        Interlocked.Increment(ref _equal);
        return null;

        string Tell(string what, byte[] other) =>
            $"seed {seed}, {typeof(T).Name}, {what}: ours {Convert.ToHexString(ours)}, the vendor's {Convert.ToHexString(other)}\nschema {schema}\ngiven {Convert.ToHexString(given)}";
    }

    private static async Task<byte[]> WriteAgainAsync<T>(IEventSerializer<T> serializer, byte[] bytes, string topic) =>
        await serializer.SerializeAsync(await serializer.DeserializeAsync(bytes, AvroBench.Context(topic), default), AvroBench.Context(topic), default);

    private static async Task<byte[]> WriteAgainAsync(Vendors vendors, byte[] bytes, string topic, int id)
    {
        var context = new SerializationContext(MessageComponentType.Value, topic);
        var record = await vendors.Deserializer.DeserializeAsync(bytes, isNull: false, context);
        return await new AvroSerializer<GenericRecord>(vendors.Client, new AvroSerializerConfig { AutoRegisterSchemas = false, UseSchemaId = id }).SerializeAsync(record, context);
    }

    private sealed record Vendors(CachedSchemaRegistryClient Client, AvroDeserializer<GenericRecord> Deserializer);
}

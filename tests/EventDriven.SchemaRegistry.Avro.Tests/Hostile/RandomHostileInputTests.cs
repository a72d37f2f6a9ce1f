using Avro.Generic;
using EventDriven.SchemaRegistry.Avro.Binary;
using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Serialization;
using EventDriven.SchemaRegistry.Avro.Tests.Resolution;
using EventDriven.SchemaRegistry.Avro.Tests.Serialization;
using EventDriven.SchemaRegistry.Avro.Tests.Types;
using EventDriven.SchemaRegistry.Tests.Hostile;

namespace EventDriven.SchemaRegistry.Avro.Tests.Hostile;

/// <summary>
/// All that reads bodies of Avro, with bodies that were changed and with bytes at random: each is an event, or the one exception, in bounded time and memory.
/// <c>EVENTDRIVEN_AVRO_FUZZ</c> in the environment is how many each of them is given.
/// </summary>
public sealed class RandomHostileInputTests
{
    private const string Fuzz = "EVENTDRIVEN_AVRO_FUZZ";
    private const int Parts = 16;

    /// <summary>Items that have no bytes may be as many as their count says.</summary>
    private const string Nulls = """{"type":"record","name":"Nulls","fields":[{"name":"items","type":{"type":"array","items":"null"}},{"name":"text","type":"string"}]}""";
    private const int PairsOfEach = 8;

    private static readonly Dictionary<string, Func<IEnumerable<HostileReader>>> s_readers = new(StringComparer.Ordinal)
    {
        ["compiled"] = static () => [Reader(Bytes.Write(Samples.Everything), new AvroDecoder<Everything>(Bytes.Schema<Everything>(), Bytes.Schema<Everything>()))],
        ["generated"] = static () => [Reader(Bytes.Write(Samples.Everything), GeneratedCodec<Everything>.OwnDecoder(Generated.TestContext.Default.Get<Everything>()))],
        ["compiled, of other schemas"] = static () => OfOthers(isCompiled: true),
        ["generated, of other schemas"] = static () => OfOthers(isCompiled: false),
        ["walked over"] = static () => Walked(),
    };

    public static TheoryData<string> Readers => [.. s_readers.Keys];

    [Theory]
    [MemberData(nameof(Readers))]
    public void Changed_and_random_bytes_are_read_or_refused_in_bounded_time_and_memory(string name)
    {
        HostileReader[] readers = [.. s_readers[name]()];
        var (inputs, all) = (ReadBounds.Inputs(Fuzz, usually: 200_000), new ReadBounds(48 * 1024, forEachByte: 100));
        Parallel.For(0, Parts, part =>
        {
            var bounds = Feed(new ReadBounds(48 * 1024, forEachByte: 100), readers, part, inputs / Parts);
            lock (all) all.Add(bounds);
        });

        all.Tell(name);
    }

    /// <summary>Behind <c>UseAvro()</c> are the vendor's own serializers for Apache.Avro's types.</summary>
    [Fact]
    public async Task What_the_vendor_is_to_read_is_read_or_refused_in_bounded_time_and_memory()
    {
        await using var bench = await AvroBench.StartAsync();
        // The vendor's reads no time of day before midnight.
        var everything = Samples.Everything with { Times = Samples.Times with { Exactly = TimeSpan.FromMicroseconds(1) } };
        List<(AvroSchema Schema, byte[] Sample)> written = [(Bytes.Schema<Everything>(), Bytes.Write(everything)), .. Written<Collections>(), .. Written<Tree>(), .. Written<Unions>()];
        byte[][] bodies = [.. written.Select((body, i) => (byte[])[.. SchemaFrame.Prefix(bench.Registry.Register($"s{i}-value", body.Schema.ToString()), default), .. body.Sample])];
        var (inputs, all) = (ReadBounds.Inputs(Fuzz, usually: 100_000), new ReadBounds(96 * 1024, forEachByte: 400));
        Parallel.For(0, Parts, part =>
        {
            // The vendor's has a lock, behind which a thread may be changed for another.
            var serializer = bench.Compiled<GenericRecord>();
            HostileReader[] readers = [.. bodies.Select(body => new HostileReader(body, bytes => IsRead(serializer, bytes)))];
            var bounds = Feed(new ReadBounds(96 * 1024, forEachByte: 400), readers, part, inputs / Parts, frame: 5);
            lock (all) all.Add(bounds);
        });

        all.Tell("the vendor's");
    }

    private static ReadBounds Feed(ReadBounds bounds, HostileReader[] readers, int part, int inputs, int frame = 0)
    {
        // What the first event and the first error cost is not the input's: plans and code are made.
        foreach (var reader in readers)
        {
            Assert.True(reader.Read(reader.Sample));
            Assert.False(reader.Read(reader.Sample[..^1]));
        }

        var random = new Random(1_000 + part);
        for (var i = 0; i < inputs; i++)
        {
            var reader = readers[i % readers.Length];
            byte[] bytes = [.. reader.Sample.AsSpan(0, frame), .. HostileBytes.Of(random, reader.Sample.AsSpan(frame))];
            bounds.Check(bytes, bytes.Length, reader.Read);
        }

        return bounds;
    }

    private static IEnumerable<HostileReader> OfOthers(bool isCompiled) =>
    [
        .. OfOthers<Plain>(isCompiled), .. OfOthers<Texts>(isCompiled), .. OfOthers<Times>(isCompiled), .. OfOthers<Optional>(isCompiled), .. OfOthers<Collections>(isCompiled),
        .. OfOthers<Tree>(isCompiled), .. OfOthers<Unions>(isCompiled), .. OfOthers<Line>(isCompiled),
    ];

    /// <summary>Decoders of bodies whose schema is not that of the reader, which has defaults, aliases and an order of its own.</summary>
    private static IEnumerable<HostileReader> OfOthers<T>(bool isCompiled)
    {
        var (own, found) = (Bytes.Schema<T>(), 0);
        for (var seed = 0; found < PairsOfEach; seed++)
        {
            var random = new Random(seed);
            var (writer, reader) = (new SchemaMutator(random, isWriter: true, keepsNames: false).Mutate(own), new SchemaMutator(random, isWriter: false, keepsNames: false).Mutate(own));
            var sample = new ValueGenerator(random).Generate(writer);
            var planned = Reader(sample, GeneratedCodec<T>.PlannedDecoder(Generated.TestContext.Default.Get<T>(), writer, reader));
            if (sample.Length < 8 || writer.ToString() == reader.ToString() || !planned.Read(sample)) continue;

            found++;
            yield return isCompiled ? Reader(sample, new AvroDecoder<T>(writer, reader)) : planned;
        }
    }

    private static IEnumerable<HostileReader> Walked()
    {
        List<(AvroSchema Schema, byte[] Sample)> bodies = [(Bytes.Schema<Everything>(), Bytes.Write(Samples.Everything)), (AvroSchemaParser.Parse(Nulls), [6, 0, 2, 0x61]), .. Written<Optional>(), .. Written<Collections>(), .. Written<Tree>(), .. Written<Unions>()];
        return bodies.Select(static body => new HostileReader(body.Sample, bytes => IsWalked(body.Schema, bytes)));
    }

    /// <summary>Schemas as a writer may have them, each with a body.</summary>
    private static IEnumerable<(AvroSchema Schema, byte[] Sample)> Written<T>() => Enumerable.Range(0, 100)
        .Select(static seed => new Random(seed))
        .Select(static random => (Random: random, Schema: new SchemaMutator(random, isWriter: true, keepsNames: false).Mutate(Bytes.Schema<T>())))
        .Select(static pair => (pair.Schema, Sample: new ValueGenerator(pair.Random).Generate(pair.Schema)))
        .Where(static body => body.Schema is RecordSchema && body.Sample.Length >= 8)
        .Take(PairsOfEach);

    private static HostileReader Reader<T>(byte[] sample, AvroDecoder<T> decoder) => new(sample, bytes =>
    {
        try
        {
            decoder.Read(bytes);
            return true;
        }
        catch (AvroValueException exception)
        {
            Assert.False(exception.InnerException is NullReferenceException or IndexOutOfRangeException or InvalidCastException, $"{Convert.ToHexString(bytes)}: {exception.InnerException}");
            return false;
        }
    });

    private static bool IsWalked(AvroSchema schema, byte[] bytes)
    {
        var reader = new AvroReader();
        reader.Reset(bytes, 0, bytes.Length);
        try
        {
            AvroSkipper.Skip(reader, schema);
            reader.EnsureEnd();
            return true;
        }
        catch (AvroFormatException)
        {
            return false;
        }
    }

    private static bool IsRead(IEventSerializer<GenericRecord> serializer, byte[] bytes)
    {
        var reading = serializer.DeserializeAsync(bytes, AvroBench.Context(), default).AsTask();
        try
        {
            reading.GetAwaiter().GetResult();
            return true;
        }
        catch (EventSerializationException)
        {
            return false;
        }
    }
}

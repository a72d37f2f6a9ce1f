using System.Collections.Concurrent;
using EventDriven.SchemaRegistry.Avro.Codec;
using EventDriven.SchemaRegistry.Avro.Schemas;
using EventDriven.SchemaRegistry.Avro.Serialization;
using EventDriven.SchemaRegistry.Avro.Tests.Types;

namespace EventDriven.SchemaRegistry.Avro.Tests.Resolution;

/// <summary>
/// Pairs of schemas made at random, and values of the writer's: what the product reads, and writes again in the reader's schema, are the bytes that the specification asks for,
/// and those of Apache.Avro where that does not err.
/// </summary>
public sealed class DifferentialTests
{
    private const int Parts = 16;

    /// <summary>Of how many pairs one is compiled; EVENTDRIVEN_AVRO_COMPILED says it, where not 7. No divisor of the number of types, all of which it should meet.</summary>
    private static readonly int Compiled = int.TryParse(Environment.GetEnvironmentVariable("EVENTDRIVEN_AVRO_COMPILED"), out var wanted) ? wanted : 7;

    private static readonly ConcurrentDictionary<Type, AvroSchema> Schemas = new();

    private int _read;
    private int _refused;
    private int _byApache;
    private int _apacheRefused;

    /// <summary>EVENTDRIVEN_AVRO_PAIRS says how many pairs, where not 100,000.</summary>
    [Fact]
    public void Generated_pairs_are_resolved_as_the_specification_says()
    {
        var pairs = int.TryParse(Environment.GetEnvironmentVariable("EVENTDRIVEN_AVRO_PAIRS"), out var wanted) ? wanted : 100_000;
        var findings = new ConcurrentBag<string>();
        Parallel.For(0, Parts, part =>
        {
            for (var i = 0; i < pairs / Parts && findings.Count < 5; i++)
            {
                var seed = (part * 10_000_000) + i;
                var finding = (i % 8) switch
                {
                    0 => Check<Plain>(seed),
                    1 => Check<Texts>(seed),
                    2 => Check<Times>(seed),
                    3 => Check<Optional>(seed),
                    4 => Check<Collections>(seed),
                    5 => Check<Tree>(seed),
                    6 => Check<Unions>(seed),
                    _ => Check<Line>(seed),
                };
                if (finding is not null) findings.Add(finding);
            }
        });

        Assert.True(findings.IsEmpty, string.Join("\n\n", findings));
        TestContext.Current.TestOutputHelper?.WriteLine($"{_read} read, {_refused} refused, {_byApache} by Apache.Avro too, {_apacheRefused} refused by Apache.Avro alone");
        // Pairs that are all refused, or that Apache.Avro never sees, would show nothing.
        Assert.InRange(_read, pairs / 3, pairs);
        Assert.InRange(_refused, pairs / 20, pairs);
        Assert.InRange(_byApache, pairs / 10, pairs);
    }

    /// <returns>What is wrong; null where nothing is.</returns>
    private string? Check<T>(int seed)
    {
        var random = new Random(seed);
        var own = Schemas.GetOrAdd(typeof(T), static _ => Bytes.Schema<T>());
        var keepsNames = seed / 8 % 2 == 0;
        var writer = new SchemaMutator(random, isWriter: true, keepsNames).Mutate(own);
        var reader = new SchemaMutator(random, isWriter: false, keepsNames).Mutate(own);
        var bytes = new ValueGenerator(random).Generate(writer);

        var expected = BySpecification(bytes, writer, reader);
        var actual = ByGenerated<T>(bytes, writer, reader, out var reason);

        Interlocked.Increment(ref expected is null ? ref _refused : ref _read);
        if (expected is null ? actual is not null : actual is null || !actual.AsSpan().SequenceEqual(expected))
        {
            return $"seed {seed}, {typeof(T).Name}: expected {Hex(expected)}, generated {Hex(actual)} {reason}\nwriter {writer}\nreader {reader}\nbytes {Convert.ToHexString(bytes)}";
        }

        // What is compiled follows the same plans by other means. It takes longer than everything else together: some of each type.
        if (seed % Compiled == 0)
        {
            var compiled = ByCompiled<T>(bytes, writer, reader, out var others);
            if (expected is null ? others != reason : compiled is null || !compiled.AsSpan().SequenceEqual(expected))
            {
                return $"seed {seed}, {typeof(T).Name}: expected {Hex(expected)} {reason}, compiled {Hex(compiled)} {others}\nwriter {writer}\nreader {reader}\nbytes {Convert.ToHexString(bytes)}";
            }
        }

        return keepsNames && expected is not null ? CheckApache<T>(seed, bytes, writer, reader, expected) : null;
    }

    private string? CheckApache<T>(int seed, byte[] bytes, AvroSchema writer, AvroSchema reader, byte[] expected)
    {
        byte[] theirs;
        try
        {
            theirs = Bytes.ThroughApache(SchemaText.WithoutLogicalTypes(writer), SchemaText.WithoutLogicalTypes(reader), bytes);
        }
        catch (Exception exception) when (exception is global::Avro.AvroException or OverflowException or InvalidCastException)
        {
            // It refuses some that the specification allows: strings as bytes, defaults of a later branch.
            Interlocked.Increment(ref _apacheRefused);
            return null;
        }

        Interlocked.Increment(ref _byApache);
        return theirs.AsSpan().SequenceEqual(expected)
            ? null
            : $"seed {seed}, {typeof(T).Name}: expected {Hex(expected)}, Apache.Avro {Hex(theirs)}\nwriter {writer}\nreader {reader}\nbytes {Convert.ToHexString(bytes)}";
    }

    private static byte[]? BySpecification(byte[] bytes, AvroSchema writer, AvroSchema reader)
    {
        try
        {
            return SpecReader.Translate(bytes, writer, reader);
        }
        catch (SpecException)
        {
            return null;
        }
    }

    private static byte[]? ByCompiled<T>(byte[] bytes, AvroSchema writer, AvroSchema reader, out string? reason)
    {
        try
        {
            reason = null;
            var value = new AvroDecoder<T>(writer, reader).Read(bytes);
            return new AvroEncoder<T>(reader).Write(value);
        }
        catch (AvroValueException exception)
        {
            reason = exception.Message;
            return null;
        }
    }

    private static byte[]? ByGenerated<T>(byte[] bytes, AvroSchema writer, AvroSchema reader, out string? reason)
    {
        var generated = Generated.TestContext.Default.Get<T>();
        try
        {
            reason = null;
            var value = GeneratedCodec<T>.PlannedDecoder(generated, writer, reader).Read(bytes);
            return GeneratedCodec<T>.PlannedEncoder(generated, reader).Write(value);
        }
        catch (AvroValueException exception)
        {
            reason = exception.Message;
            return null;
        }
    }

    private static string Hex(byte[]? bytes) => bytes is null ? "refused" : Convert.ToHexString(bytes);
}

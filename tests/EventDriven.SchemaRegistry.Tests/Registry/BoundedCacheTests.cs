using EventDriven.SchemaRegistry.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EventDriven.SchemaRegistry.Tests;

/// <summary>Producers that change their schemas, or bytes that name any, do not fill the memory: of each kind no more is kept than the options say.</summary>
public sealed class BoundedCacheTests
{
    private const int Most = 5;
    private const int Schemas = 50;

    private readonly CancellationToken _patience = new CancellationTokenSource(TestRegistry.Patience).Token;

    [Fact]
    public async Task No_more_schemas_are_kept_than_are_allowed_and_the_others_are_fetched_again()
    {
        await using var registry = await EmbeddedSchemaRegistry.StartAsync();
        Fill(registry);
        var access = TestRegistry.Access(registry.Url, static options => options.MaxCachedSchemas = Most);
        foreach (var id in Enumerable.Range(1, Schemas)) await access.GetAsync(new SchemaKey(id), _patience);

        Assert.InRange(Enumerable.Range(1, Schemas).Count(id => access.TryGet(new SchemaKey(id), out _)), 1, Most);
        Assert.True(access.TryGet(new SchemaKey(Schemas), out _));
        Assert.False(access.TryGet(new SchemaKey(1), out _));
        Assert.Equal(Text(1), (await access.GetAsync(new SchemaKey(1), _patience)).Text);
        Assert.Equal(2, registry.Requests.Count(static request => request == "GET /schemas/ids/1"));
        Assert.Equal(1, registry.Requests.Count(static request => request == "GET /schemas/ids/50"));
    }

    [Fact]
    public async Task No_more_unknown_ids_are_kept_than_are_allowed_and_the_others_are_asked_for_again()
    {
        await using var registry = await EmbeddedSchemaRegistry.StartAsync();

        // Whose time stands still, so that none is asked for again because it has become old.
        var access = TestRegistry.Access(registry.Url, static options => options.MaxCachedSchemas = Most, new FakeTimeProvider());
        foreach (var id in Enumerable.Range(1, Schemas)) await AskAsync(id);
        Assert.Equal(Schemas, registry.Requests.Count);

        foreach (var id in Enumerable.Range(1, Schemas).Reverse()) await AskAsync(id);

        Assert.InRange(2 * Schemas - registry.Requests.Count, 1, Most);
        async Task AskAsync(int id) => await Assert.ThrowsAsync<RegistryRequestException>(async () => await access.GetAsync(new SchemaKey(id), _patience));
    }

    [Fact]
    public async Task No_more_readers_are_kept_than_are_allowed_and_the_others_are_made_again()
    {
        await using var bench = await JsonBench.StartAsync(static options => options.MaxCachedSchemas = Most);
        Fill(bench.Registry);
        var codec = new CountingCodec();
        var serializer = new SchemaSerializer<string>(codec, bench.Factory().Settings);
        foreach (var id in Enumerable.Range(1, Schemas)) await ReadAsync(id);
        Assert.Equal(Schemas, codec.Made);

        foreach (var id in Enumerable.Range(1, Schemas).Reverse()) await ReadAsync(id);

        Assert.InRange(2 * Schemas - codec.Made, 1, Most);
        async Task ReadAsync(int id) => Assert.Equal(Text(id), await serializer.DeserializeAsync((byte[])[0, 0, 0, 0, (byte)id, 1], JsonBench.Context(), _patience));
    }

    [Fact]
    public async Task No_more_names_of_types_are_kept_than_are_allowed_and_the_others_are_found_out_again()
    {
        await using var bench = await JsonBench.StartAsync(static options => options.MaxCachedSchemas = Most);
        Fill(bench.Registry);
        var factory = new CountingFactory(bench.Factory().Settings);
        foreach (var id in Enumerable.Range(1, Schemas)) await TellAsync(id);
        Assert.Equal(Schemas, factory.Made);

        foreach (var id in Enumerable.Range(1, Schemas).Reverse()) await TellAsync(id);

        Assert.InRange(2 * Schemas - factory.Made, 1, Most);
        async Task TellAsync(int id) => Assert.Equal(Text(id), await factory.ReadTypeAsync((byte[])[0, 0, 0, 0, (byte)id, 1], JsonBench.Context(), _patience));
    }

    private static void Fill(EmbeddedSchemaRegistry registry)
    {
        foreach (var id in Enumerable.Range(1, Schemas)) Assert.Equal(id, registry.Register($"s{id}-value", Text(id), "JSON"));
    }

    private static string Text(int id) => $$"""{"title":"T{{id}}","type":"object"}""";

    /// <summary>Reads each event as the text of the schema by which it was written.</summary>
    private sealed class CountingCodec : SchemaCodec<string>
    {
        public int Made { get; private set; }

        public override SchemaFormat Format => SchemaFormat.Json;

        public override string ContentType => "application/json";

        public override SchemaDefinition Schema { get; } = new(SchemaFormat.Json, """{"type":"string"}""");

        public override SchemaWriter<string> CreateWriter(FoundSchema schema) => throw new NotSupportedException();

        public override SchemaReader<string> CreateReader(KnownSchema writer)
        {
            Made++;
            return new Reader(writer.Text);
        }

        private sealed class Reader(string text) : SchemaReader<string>
        {
            public override string Read(ReadOnlySpan<byte> body) => text;
        }
    }

    /// <summary>Names each event by the text of the schema by which it was written.</summary>
    private sealed class CountingFactory(SchemaSettings settings) : SchemaSerializerFactory(settings)
    {
        public int Made { get; private set; }

        public override string? NameOf<T>() => null;

        protected override SchemaCodec<T> CreateCodec<T>() => throw new NotSupportedException();

        protected override SchemaNames CreateNames(KnownSchema schema)
        {
            Made++;
            return SchemaNames.Always(schema.Text);
        }
    }
}

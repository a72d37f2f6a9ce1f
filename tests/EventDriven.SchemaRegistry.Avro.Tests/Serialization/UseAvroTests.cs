using Avro.Generic;
using EventDriven.SchemaRegistry.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace EventDriven.SchemaRegistry.Avro.Tests.Serialization;

public sealed class UseAvroTests : IAsyncLifetime
{
    private const string Topic = "orders";

    private EmbeddedSchemaRegistry _registry = null!;

    /// <summary>An outage lasts for the whole of it; else it is there for a machine that is busy.</summary>
    private TimeSpan _budget = TimeSpan.FromSeconds(30);

    public async ValueTask InitializeAsync()
    {
        _registry = await EmbeddedSchemaRegistry.StartAsync();

        // Types that have nothing in common are written to one topic here.
        _registry.SetCompatibility("NONE");
    }

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [Fact]
    public async Task Plain_specific_and_generic_types_write_the_same_bytes_and_read_each_others()
    {
        var (plain, specific, generic) = (Serializer<PlainOrder>(), Serializer<SpecificOrder>(), Serializer<GenericRecord>());
        var record = new GenericRecord((global::Avro.RecordSchema)SpecificOrder._SCHEMA);
        record.Add("id", "o-1");
        record.Add("count", 2);
        record.Add("note", null);

        var bytes = await plain.SerializeAsync(new PlainOrder("o-1", 2, null), Context(), default);

        // The vendor puts the text's properties in another order, so that this registry, which compares texts, gives another id.
        Assert.Equal(bytes[5..], (await specific.SerializeAsync(new SpecificOrder { Id = "o-1", Count = 2 }, Context(), default))[5..]);
        Assert.Equal(bytes[5..], (await generic.SerializeAsync(record, Context(), default))[5..]);
        Assert.Equal(new PlainOrder("o-1", 2, null), await plain.DeserializeAsync(bytes, Context(), default));
        Assert.Equal("o-1", (await specific.DeserializeAsync(bytes, Context(), default)).Id);
        Assert.Equal(2, (await generic.DeserializeAsync(bytes, Context(), default))["count"]);
    }

    [Fact]
    public async Task A_body_that_lies_never_reaches_the_vendor()
    {
        var id = (byte)_registry.Register("others-value", """{"type":"record","name":"PlainOrder","namespace":"shop","fields":[{"name":"id","type":"string"}]}""");
        var generic = Serializer<GenericRecord>();

        // Once its schema is known a body is read on this thread, whose memory can be told from that of tests beside.
        await generic.DeserializeAsync((byte[])[0, 0, 0, 0, id, 2, 0x61], Context(), default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = Read([0, 0, 0, 0, id, 0xfe, 0xff, 0xff, 0xff, 0x0f]);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(read.IsCompleted);
        var exception = await Assert.ThrowsAsync<EventSerializationException>(() => read);
        Assert.Contains("field 'id'", exception.Message, StringComparison.Ordinal);
        Assert.InRange(allocated, 0, 1_000_000);

        async Task Read(byte[] bytes) => await generic.DeserializeAsync(bytes, Context(), default);
    }

    [Fact]
    public async Task Bytes_that_are_no_event_tell_schema_and_path()
    {
        var id = (byte)_registry.Register("others-value", AvroSchemas.TextOf<PlainOrder>());

        var exception = await Assert.ThrowsAsync<EventSerializationException>(async () => await Serializer<PlainOrder>().DeserializeAsync((byte[])[0, 0, 0, 0, id, 2, 0x61], Context(), default));

        Assert.Contains($"{id}", exception.Message, StringComparison.Ordinal);
        Assert.Contains("field 'count'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task An_outage_is_no_bad_event(bool isVendors, bool isSilent)
    {
        _registry.Inject(isSilent ? RegistryFault.Silence : RegistryFault.Error(503));
        _budget = TimeSpan.FromSeconds(isSilent ? 0.2 : 2);
        Func<Task> read = isVendors
            ? async () => await Serializer<SpecificOrder>().DeserializeAsync((byte[])[0, 0, 0, 0, 9, 0], Context(), default)
            : async () => await Serializer<PlainOrder>().DeserializeAsync((byte[])[0, 0, 0, 0, 9, 0], Context(), default);
        Func<Task> write = isVendors
            ? async () => await Serializer<SpecificOrder>().SerializeAsync(new SpecificOrder(), Context(), default)
            : async () => await Serializer<PlainOrder>().SerializeAsync(new PlainOrder("", 0, null), Context(), default);

        await Assert.ThrowsAsync<EventSerializerUnavailableException>(read);
        await Assert.ThrowsAsync<EventSerializerUnavailableException>(write);
    }

    [Fact]
    public async Task A_union_of_events_says_which_of_them_each_is()
    {
        var id = (byte)_registry.Register("others-value", """[{"type":"record","name":"a.Placed","fields":[]},{"type":"record","name":"a.Cancelled","fields":[]}]""");
        var reader = (IEventTypeReader)Factory(null);

        Assert.Equal("a.Cancelled", await reader.ReadTypeAsync((byte[])[0, 0, 0, 0, id, 2], Context(), default));
        Assert.Null(await reader.ReadTypeAsync((byte[])[0, 0, 0, 0, id, 4], Context(), default));
        Assert.Equal("shop.PlainOrder", reader.NameOf<PlainOrder>());
        Assert.Equal("shop.PlainOrder", reader.NameOf<SpecificOrder>());
    }

    [Theory]
    [InlineData("JSON", """{"title":"PlainOrder","type":"object"}""", "Json")]
    [InlineData("PROTOBUF", "syntax = \"proto3\"; package shop; message PlainOrder { string id = 1; }", "Protobuf")]
    public async Task The_id_of_a_schema_of_another_format_is_told_as_such(string format, string schema, string name)
    {
        var bytes = (byte[])[0, 0, 0, 0, (byte)_registry.Register("others-value", schema, format), 6, 0x6f, 0x2d, 0x31, 4, 0];

        await AssertToldAsync(Serializer<PlainOrder>());
        await AssertToldAsync(Generated().Create<PlainOrder>(EventComponent.Value));
        await AssertToldAsync(Serializer<SpecificOrder>());
        await AssertToldAsync(Serializer<GenericRecord>());
        Assert.Null(await ((IEventTypeReader)Factory(null)).ReadTypeAsync(bytes, Context(), default));

        async Task AssertToldAsync<T>(IEventSerializer<T> serializer)
        {
            var exception = await Assert.ThrowsAsync<EventSerializationException>(async () => await serializer.DeserializeAsync(bytes, Context(), default));
            Assert.Equal($"The value of a record of topic 'orders' is no {typeof(T)}, schema id {bytes[4]}: the schema is {name}, and Avro is what is read here.", exception.Message);
        }
    }

    [Fact]
    public async Task Bytes_alone_are_written_as_they_are() => Assert.Equal([0, 0, 0, 0, 1, 7, 8], await Serializer<byte[]>().SerializeAsync([7, 8], Context(), default));

    [Fact]
    public async Task Where_a_header_names_the_schema_a_body_that_begins_like_the_record_before_is_all_there_is()
    {
        await using var bench = await AvroBench.StartAsync();
        var (serializer, inHeader) = (bench.Compiled<byte[]>(), Context());
        var before = await serializer.SerializeAsync([7], Context(), default);
        Assert.Equal([7], await serializer.DeserializeAsync(before, Context(), default));
        Assert.Equal([7], await serializer.DeserializeAsync(before, Context(), default));

        var body = await bench.Compiled<byte[]>(static options => options.SchemaIdLocation = SchemaIdLocation.Header).SerializeAsync(before, inHeader, default);

        Assert.Equal(before, body);
        Assert.Equal(before, await serializer.DeserializeAsync(body, inHeader, default));
    }

    [Fact]
    public void What_does_not_fit_is_told_when_the_serializer_is_made()
    {
        Assert.Contains("no default", Assert.Throws<NotSupportedException>(() => Serializer<PlainOrder>("""{"type":"record","name":"O","fields":[{"name":"id","type":"string"},{"name":"count","type":"int"},{"name":"more","type":"int"}]}""")).Message, StringComparison.Ordinal);
        Assert.Contains("JSON", Assert.Throws<NotSupportedException>(() => Serializer<PlainOrder>("{")).Message, StringComparison.Ordinal);
        Assert.Contains("AvroUnion", Assert.Throws<NotSupportedException>(() => Serializer<object>()).Message, StringComparison.Ordinal);
        Assert.Contains("of its own", Assert.Throws<NotSupportedException>(() => Serializer<SpecificOrder>("\"int\"")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_generated_is_written_and_read_in_its_own_schema_and_in_others()
    {
        var factory = Generated();
        var serializer = factory.Create<PlainOrder>(EventComponent.Value);
        var own = await serializer.SerializeAsync(new PlainOrder("o-1", 3, null), Context(), default);
        var other = (byte)_registry.Register("others-value", """{"type":"record","name":"PlainOrder","namespace":"shop","fields":[{"name":"count","type":"int"},{"name":"gone","type":"string"},{"name":"id","type":"string"}]}""");

        Assert.Equal(await Serializer<PlainOrder>().SerializeAsync(new PlainOrder("o-1", 3, null), Context(), default), own);
        Assert.Equal(new PlainOrder("o-1", 3, null), await serializer.DeserializeAsync(own, Context(), default));
        Assert.Equal(new PlainOrder("b", 2, null), await serializer.DeserializeAsync((byte[])[0, 0, 0, 0, other, 4, 2, 0x61, 2, 0x62], Context(), default));
        Assert.Equal("shop.PlainOrder", ((IEventTypeReader)factory).NameOf<PlainOrder>());
        Assert.Equal([0, 0, 0, 0, 3, 7, 8], await factory.Create<byte[]>(EventComponent.Value).SerializeAsync([7, 8], Context(), default));
    }

    [Fact]
    public void What_was_not_generated_is_told_when_the_serializer_is_made()
    {
        Assert.Contains("[AvroSerializable", Assert.Throws<NotSupportedException>(() => Generated().Create<OrderKey>(EventComponent.Value)).Message, StringComparison.Ordinal);
        Assert.Contains("Leave out one", Assert.Throws<NotSupportedException>(() => Generated(options => options.Schema = "\"int\"").Create<PlainOrder>(EventComponent.Value)).Message, StringComparison.Ordinal);
    }

    private static EventSerializationContext Context() => new(Topic, EventComponent.Value, new EventHeaders());

    private IEventSerializer<T> Serializer<T>(string? schema = null) => Factory(schema).Create<T>(EventComponent.Value);

    private IEventSerializerFactory Generated(Action<AvroOptions>? configure = null) => Build(builder => builder.UseAvro(Tests.Generated.TestContext.Default, configure));

    private IEventSerializerFactory Factory(string? schema) => Build(builder => builder.UseAvro(options => options.Schema = schema));

    private IEventSerializerFactory Build(Action<FactoryBuilder> use)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System);
        services.AddSchemaRegistry("Registry", options => (options.Urls, options.AutoRegister, options.RequestTimeout, options.TimeBudget) = ([_registry.Url], true, _budget, _budget));
        var builder = new FactoryBuilder();
        use(builder);
        return builder.Factory!(services.BuildServiceProvider());
    }

    [AvroType(Namespace = "shop")]
    public sealed record PlainOrder(string Id, int Count, string? Note);

    public sealed record OrderKey(string Id);
}
